package dev.weft.control.rest;

import static java.util.Objects.requireNonNull;

import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.weft.control.core.Admission;
import dev.weft.control.core.Admission.Outcome;
import dev.weft.control.core.Refused;
import dev.weft.control.core.Refused.Reason;
import dev.weft.control.core.Resource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** {@code /apply}: many documents at once, all or nothing, with what became of each. */
final class ApplyService implements Handler {

  private final Admission admission;

  ApplyService(Admission admission) {
    this.admission = requireNonNull(admission, "admission");
  }

  @Override
  public HttpResponse handle(ServiceRequestContext context, AggregatedHttpRequest request)
      throws Refused {
    Query query = new Query(context.queryParams());
    boolean delete = request.method() == HttpMethod.DELETE || query.flag("delete");
    if (!delete && request.method() != HttpMethod.POST) {
      throw new Refused(
          Reason.METHOD_NOT_ALLOWED, request.method() + " (expected here: POST or DELETE)");
    }
    List<Map<String, Object>> documents = Bodies.documents(request);
    if (documents.isEmpty()) {
      throw new Refused(Reason.BAD_REQUEST, "body: no document (expected: at least one)");
    }
    String namespace = query.text("namespace", "default");
    List<Outcome> outcomes =
        delete
            ? admission.deleteAll(documents, namespace, query.dryRun())
            : admission.apply(documents, namespace, query.options());
    List<Object> results = new ArrayList<>();
    for (Outcome outcome : outcomes) {
      results.add(result(outcome));
    }
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("kind", "ApplyResult");
    answer.put("apiVersion", "weft.dev/v1alpha1");
    answer.put("dryRun", query.dryRun());
    answer.put("results", results);
    return Reply.of(request.headers(), HttpStatus.OK, answer);
  }

  private static Map<String, Object> result(Outcome outcome) {
    Resource resource = outcome.resource();
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("kind", resource.key().kind().name());
    result.put("namespace", resource.key().namespace());
    result.put("name", resource.key().name());
    result.put("result", outcome.verb().name().toLowerCase(Locale.ROOT));
    result.put("resourceVersion", Long.toString(resource.version()));
    result.put("generation", resource.generation());
    result.put("warnings", outcome.warnings());
    return result;
  }
}
