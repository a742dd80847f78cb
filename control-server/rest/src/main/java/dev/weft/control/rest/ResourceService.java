package dev.weft.control.rest;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.flipkart.zjsonpatch.InvalidJsonPatchException;
import com.flipkart.zjsonpatch.JsonPatch;
import com.flipkart.zjsonpatch.JsonPatchApplicationException;
import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.weft.control.core.Admission;
import dev.weft.control.core.Admission.Edit;
import dev.weft.control.core.Admission.Outcome;
import dev.weft.control.core.Admission.Precondition;
import dev.weft.control.core.Kind;
import dev.weft.control.core.Refused;
import dev.weft.control.core.Refused.Reason;
import dev.weft.control.core.Resource;
import dev.weft.control.core.ResourceKey;
import dev.weft.control.core.ResourceStore;
import dev.weft.control.core.Trees;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One request for resources: {@code /apis/<group>/<version>[/namespaces/<ns>]/<plural>[/<name>]}.
 */
final class ResourceService {

  private static final TypeReference<LinkedHashMap<String, Object>> TREE = new TypeReference<>() {};

  private final ResourceStore store;
  private final Admission admission;
  private final Tables tables;
  private final Watches watches;

  ResourceService(ResourceStore store, Admission admission, Tables tables, Watches watches) {
    this.store = requireNonNull(store, "store");
    this.admission = requireNonNull(admission, "admission");
    this.tables = requireNonNull(tables, "tables");
    this.watches = requireNonNull(watches, "watches");
  }

  /**
   * What a path names.
   *
   * @param namespace null: all of them
   * @param name null: the collection
   */
  record Target(Kind kind, String apiVersion, @Nullable String namespace, @Nullable String name) {}

  HttpResponse handle(ServiceRequestContext context, AggregatedHttpRequest request, Target target)
      throws Refused {
    Query query = new Query(context.queryParams());
    if (target.name() == null) {
      return collection(context, request, target, query);
    }
    String namespace = requireNonNull(target.namespace(), "a name without a namespace");
    ResourceKey key = new ResourceKey(target.kind(), namespace, target.name());
    return single(request, target, key, query);
  }

  private HttpResponse collection(
      ServiceRequestContext context, AggregatedHttpRequest request, Target target, Query query)
      throws Refused {
    HttpMethod method = request.method();
    if (method == HttpMethod.GET && query.flag("watch")) {
      Watches.Subject subject =
          new Watches.Subject(
              target.kind(),
              target.apiVersion(),
              inTarget(target),
              query.selection(),
              tables.asked(request.headers()));
      return watches.open(context, subject, query);
    }
    if (method == HttpMethod.GET) {
      return list(request.headers(), target, query);
    }
    if (method == HttpMethod.POST && target.namespace() != null) {
      Outcome outcome =
          admission.create(
              target.kind(), target.namespace(), Bodies.document(request), query.options());
      return written(request, target, outcome);
    }
    if (method == HttpMethod.DELETE && target.namespace() != null) {
      return deleteCollection(request, target, query);
    }
    throw notAllowed(method, target.namespace() == null ? "GET" : "GET, POST or DELETE");
  }

  private HttpResponse single(
      AggregatedHttpRequest request, Target target, ResourceKey key, Query query) throws Refused {
    return switch (request.method()) {
      case GET -> get(request.headers(), target, key);
      case PUT ->
          written(
              request, target, admission.replace(key, Bodies.document(request), query.options()));
      case PATCH ->
          written(
              request,
              target,
              admission.patch(key, edit(request, target.apiVersion()), query.options()));
      case DELETE -> {
        DeleteOptions options = DeleteOptions.of(request, query);
        Outcome outcome = admission.delete(key, options.precondition(), options.dryRun());
        yield Reply.of(
            request.headers(), HttpStatus.OK, Statuses.deleted(key, outcome.resource().uid()));
      }
      default -> throw notAllowed(request.method(), "GET, PUT, PATCH or DELETE");
    };
  }

  private HttpResponse get(RequestHeaders headers, Target target, ResourceKey key) throws Refused {
    Resource resource = store.snapshot().get(key);
    if (resource == null) {
      throw new Refused(Reason.NOT_FOUND, key, Admission.notFound(key), List.of());
    }
    if (tables.asked(headers)) {
      return Reply.of(
          headers,
          HttpStatus.OK,
          tables.table(
              target.kind(), List.of(resource), target.apiVersion(), resource.version(), true));
    }
    return Reply.of(headers, HttpStatus.OK, tables.withStatus(resource, target.apiVersion()));
  }

  private HttpResponse list(RequestHeaders headers, Target target, Query query) throws Refused {
    ResourceStore.Snapshot snapshot = store.snapshot();
    Predicate<Resource> selection = query.selection();
    List<Resource> found =
        snapshot.list(target.kind(), target.namespace()).stream().filter(selection).toList();
    List<String> warnings = new ArrayList<>();
    long limit = query.number("limit", 0);
    if (limit > 0 && found.size() > limit) {
      warnings.add("limit: " + limit + " is not applied; the answer holds all " + found.size());
    }
    if (tables.asked(headers)) {
      return Reply.of(
          headers,
          HttpStatus.OK,
          tables.table(target.kind(), found, target.apiVersion(), snapshot.revision(), true),
          warnings);
    }
    List<Object> items = new ArrayList<>();
    found.forEach(resource -> items.add(tables.withStatus(resource, target.apiVersion())));
    Map<String, Object> list = new LinkedHashMap<>();
    list.put("apiVersion", target.apiVersion());
    list.put("kind", target.kind().name() + "List");
    list.put("metadata", Map.of("resourceVersion", Long.toString(snapshot.revision())));
    list.put("items", items);
    return Reply.of(headers, HttpStatus.OK, list, warnings);
  }

  private HttpResponse deleteCollection(AggregatedHttpRequest request, Target target, Query query)
      throws Refused {
    Predicate<Resource> selection = query.selection();
    List<Map<String, Object>> doomed = new ArrayList<>();
    for (Resource resource : store.snapshot().list(target.kind(), target.namespace())) {
      if (selection.test(resource)) {
        doomed.add(resource.tree());
      }
    }
    boolean dryRun = DeleteOptions.of(request, query).dryRun();
    List<Object> items = new ArrayList<>();
    for (Outcome outcome : admission.deleteAll(doomed, "default", dryRun)) {
      items.add(outcome.resource().tree(target.apiVersion()));
    }
    Map<String, Object> list = new LinkedHashMap<>();
    list.put("apiVersion", target.apiVersion());
    list.put("kind", target.kind().name() + "List");
    list.put("metadata", Map.of("resourceVersion", Long.toString(store.snapshot().revision())));
    list.put("items", items);
    return Reply.of(request.headers(), HttpStatus.OK, list);
  }

  private HttpResponse written(AggregatedHttpRequest request, Target target, Outcome outcome) {
    return Reply.of(
        request.headers(),
        outcome.verb() == Admission.Verb.CREATED ? HttpStatus.CREATED : HttpStatus.OK,
        tables.withStatus(outcome.resource(), target.apiVersion()),
        outcome.warnings());
  }

  private static Edit edit(AggregatedHttpRequest request, String apiVersion) throws Refused {
    MediaType type = request.contentType();
    String subtype = type == null ? "none" : type.subtype();
    String text = Bodies.text(request);
    switch (subtype) {
      case "merge-patch+json" -> {
        Map<String, Object> patch = Bodies.json(text);
        return current -> merged(current.tree(apiVersion), patch);
      }
      case "json-patch+json" -> {
        JsonNode patch = patchOf(text);
        return current -> patched(current.tree(apiVersion), patch);
      }
      default ->
          throw new Refused(
              Reason.UNSUPPORTED_MEDIA_TYPE,
              "Content-Type: "
                  + type
                  + " (expected: application/merge-patch+json or application/json-patch+json)");
    }
  }

  private static Map<String, Object> merged(Map<String, Object> tree, Map<String, Object> patch) {
    return Bodies.MAPPER.convertValue(Trees.merge(tree, patch), TREE);
  }

  private static JsonNode patchOf(String text) throws Refused {
    try {
      JsonNode patch = Bodies.MAPPER.readTree(text);
      JsonPatch.validate(patch);
      return patch;
    } catch (JsonProcessingException e) {
      throw new Refused(Reason.BAD_REQUEST, "body: " + e.getOriginalMessage());
    } catch (InvalidJsonPatchException e) {
      throw new Refused(
          Reason.BAD_REQUEST, "body: " + e.getMessage() + " (expected: a JSON patch, RFC 6902)");
    }
  }

  private static Map<String, Object> patched(Map<String, Object> tree, JsonNode patch)
      throws Refused {
    try {
      return Bodies.MAPPER.convertValue(
          JsonPatch.apply(patch, Bodies.MAPPER.valueToTree(tree)), TREE);
    } catch (JsonPatchApplicationException e) {
      throw new Refused(Reason.INVALID, "the patch does not fit the resource: " + e.getMessage());
    } catch (IllegalArgumentException e) {
      throw new Refused(Reason.INVALID, "the patch leaves no object: " + e.getMessage());
    }
  }

  private static Predicate<Resource> inTarget(Target target) {
    return resource ->
        resource.key().kind().equals(target.kind())
            && (target.namespace() == null
                || target.namespace().equals(resource.key().namespace()));
  }

  private static Refused notAllowed(HttpMethod method, String expected) {
    return new Refused(Reason.METHOD_NOT_ALLOWED, method + " (expected here: " + expected + ")");
  }

  /** What a DELETE says in its query and its body. */
  private record DeleteOptions(Precondition precondition, boolean dryRun) {

    static DeleteOptions of(AggregatedHttpRequest request, Query query) throws Refused {
      boolean dryRun = query.dryRun();
      if (request.content().isEmpty()) {
        return new DeleteOptions(Precondition.NONE, dryRun);
      }
      Map<String, Object> body = Bodies.document(request);
      Map<String, Object> preconditions = Trees.map(body, "preconditions");
      return new DeleteOptions(
          new Precondition(
              Trees.text(preconditions, "uid"), Trees.text(preconditions, "resourceVersion")),
          dryRun || (body.get("dryRun") instanceof List<?> list && list.contains("All")));
    }
  }
}
