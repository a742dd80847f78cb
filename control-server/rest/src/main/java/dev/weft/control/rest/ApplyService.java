package dev.weft.control.rest;

import static java.util.Objects.requireNonNull;

import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.weft.control.core.Admission;
import dev.weft.control.core.Admission.Outcome;
import dev.weft.control.core.DesiredState;
import dev.weft.control.core.Refused;
import dev.weft.control.core.Refused.Reason;
import dev.weft.control.core.Resource;
import dev.weft.control.core.ResourceKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** {@code /apply}: many documents at once, all or nothing, with what became of each. */
final class ApplyService implements Handler {

  private final Admission admission;
  private final DesiredState desired;

  ApplyService(Admission admission, DesiredState desired) {
    this.admission = requireNonNull(admission, "admission");
    this.desired = requireNonNull(desired, "desired");
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
      results.add(result(outcome, query.dryRun()));
    }
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("kind", "ApplyResult");
    answer.put("apiVersion", "weft.dev/v1alpha1");
    answer.put("dryRun", query.dryRun());
    answer.put("results", results);
    return Reply.of(request.headers(), HttpStatus.OK, answer);
  }

  private Map<String, Object> result(Outcome outcome, boolean dryRun) {
    Resource resource = outcome.resource();
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("kind", resource.key().kind().name());
    result.put("namespace", resource.key().namespace());
    result.put("name", resource.key().name());
    result.put("result", outcome.verb().name().toLowerCase(Locale.ROOT));
    result.put("resourceVersion", Long.toString(resource.version()));
    result.put("generation", resource.generation());
    result.put("warnings", dryRun ? outcome.warnings() : warnings(outcome));
    return result;
  }

  /** What the document says wrongly by itself, and what shows when all are seen together. */
  private List<String> warnings(Outcome outcome) {
    Set<String> warnings = new LinkedHashSet<>(outcome.warnings());
    if (outcome.verb() != Admission.Verb.DELETED) {
      ResourceKey key = outcome.resource().key();
      DesiredState.State state = desired.state();
      state.findings(key).forEach(problem -> warnings.add(problem.text()));
      DesiredState.Held held = state.held(key);
      if (held != null) {
        warnings.add(
            "held back: generation " + held.inForce().generation() + " stays in force until then");
      }
    }
    return List.copyOf(warnings);
  }
}
