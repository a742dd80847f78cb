package dev.weft.control.rest;

import static java.util.Objects.requireNonNull;

import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.weft.control.core.Kind;
import dev.weft.control.core.Refused;
import dev.weft.control.core.Refused.Reason;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Everything below {@code /api}, {@code /apis}, {@code /openapi} and {@code /version}. */
final class KubernetesService implements Handler {

  private final ResourceService resources;
  private final String version;

  KubernetesService(ResourceService resources, String version) {
    this.resources = requireNonNull(resources, "resources");
    this.version = requireNonNull(version, "version");
  }

  @Override
  public HttpResponse handle(ServiceRequestContext context, AggregatedHttpRequest request)
      throws Refused {
    List<String> path = segments(context);
    if (path.size() > 3 && path.get(0).equals("apis")) {
      return resources.handle(context, request, target(path, context.path()));
    }
    if (request.method() != HttpMethod.GET) {
      throw new Refused(Reason.METHOD_NOT_ALLOWED, request.method() + " (expected here: GET)");
    }
    Map<String, Object> document = document(path);
    if (document == null) {
      throw unknown(context.path());
    }
    return Reply.of(request.headers(), HttpStatus.OK, document);
  }

  private @Nullable Map<String, Object> document(List<String> path) {
    return switch (String.join("/", path.subList(0, Math.min(2, path.size())))) {
      case "api" -> ApiDocuments.coreVersions();
      case "api/v1" -> path.size() == 2 ? ApiDocuments.coreResources() : null;
      case "apis" -> ApiDocuments.groups();
      case "version" -> version();
      case "openapi/v3" -> openApi(path);
      default -> group(path);
    };
  }

  private static @Nullable Map<String, Object> group(List<String> path) {
    if (!path.get(0).equals("apis")) {
      return null;
    }
    return path.size() == 2
        ? ApiDocuments.group(path.get(1))
        : ApiDocuments.resources(path.get(1), path.get(2));
  }

  private static @Nullable Map<String, Object> openApi(List<String> path) {
    if (path.size() == 2) {
      return ApiDocuments.openApiPaths();
    }
    return path.size() == 5 && path.get(2).equals("apis")
        ? ApiDocuments.openApi(path.get(3), path.get(4))
        : null;
  }

  private Map<String, Object> version() {
    Map<String, Object> document = new LinkedHashMap<>();
    // kubectl compares this with its own version; the REST is the one of Kubernetes 1.32.
    document.put("major", "1");
    document.put("minor", "32");
    document.put("gitVersion", "v1.32.0+weft-" + version);
    document.put("platform", "jvm");
    return document;
  }

  private static ResourceService.Target target(List<String> path, String whole) throws Refused {
    String group = path.get(1);
    String apiVersion = group + "/" + path.get(2);
    boolean namespaced = path.get(3).equals("namespaces") && path.size() > 5;
    int at = namespaced ? 5 : 3;
    String namespace = namespaced ? path.get(4) : null;
    Kind kind = Kind.ofPlural(group, path.get(at));
    String name = path.size() > at + 1 ? path.get(at + 1) : null;
    boolean tooLong = path.size() > at + 2 || (name != null && namespace == null);
    if (kind == null || tooLong || !kind.versions().contains(path.get(2))) {
      throw unknown(whole);
    }
    return new ResourceService.Target(kind, apiVersion, namespace, name);
  }

  private static Refused unknown(String path) {
    return new Refused(
        Reason.NOT_FOUND, "the server could not find the requested resource: " + path);
  }

  private static List<String> segments(ServiceRequestContext context) {
    List<String> segments = new ArrayList<>();
    for (String segment : context.decodedPath().split("/", -1)) {
      if (!segment.isEmpty()) {
        segments.add(segment);
      }
    }
    return segments;
  }
}
