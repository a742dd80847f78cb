package dev.weft.control.rest;

import static java.util.Objects.requireNonNull;

import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.weft.control.core.Discovery;
import dev.weft.control.core.InstanceRegistry;
import dev.weft.control.core.Refused;
import dev.weft.control.core.Refused.Reason;
import dev.weft.engine.CallRecorder;
import dev.weft.engine.Engine;
import dev.weft.engine.EngineSettings;
import dev.weft.engine.HostDirectory;
import dev.weft.engine.RandomSource;
import dev.weft.engine.Ticker;
import dev.weft.engine.Workload;
import dev.weft.model.Registration;
import dev.weft.model.Rejection;
import dev.weft.model.Update;
import dev.weft.policy.Resolution;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * {@code /v1/explain?service=&namespace=&url=&method=&header=}: what a request means to a caller,
 * and why. Core says how the name is resolved; the engine, the same that decides in the agent, says
 * what it would do.
 */
final class ExplainService implements Handler {

  private final Discovery discovery;
  private final InstanceRegistry registry;

  ExplainService(Discovery discovery, InstanceRegistry registry) {
    this.discovery = requireNonNull(discovery, "discovery");
    this.registry = requireNonNull(registry, "registry");
  }

  @Override
  public HttpResponse handle(ServiceRequestContext context, AggregatedHttpRequest request)
      throws Refused {
    Query query = new Query(context.queryParams());
    String namespace = query.text("namespace", "default");
    String service = query.text("service", "");
    URI url = url(query.text("url", ""));
    Registration caller = caller(namespace, service);
    Resolution resolution = discovery.resolve(caller, routeTable(url));
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("caller", namespace + "/" + (service.isEmpty() ? "anybody" : service));
    answer.put("registered", !caller.instanceId().isEmpty());
    answer.put("url", url.toString());
    answer.put("service", resolution.routeTable().service());
    answer.put("virtualService", resolution.routeTable().source());
    answer.put("sources", List.copyOf(resolution.sources()));
    List<Object> findings = new ArrayList<>();
    resolution.findings().forEach(finding -> findings.add(finding.text()));
    answer.put("findings", findings);
    answer.put("resolution", resolution.explanation());
    answer.put(
        "decision",
        decision(caller, resolution, query.text("method", "GET"), url, headers(context)));
    return Reply.of(request.headers(), HttpStatus.OK, answer);
  }

  /** What an agent that has just this resolution would do. */
  private static List<String> decision(
      Registration caller,
      Resolution resolution,
      String method,
      URI url,
      Map<String, String> headers) {
    Workload self =
        new Workload(
            caller.service(),
            caller.namespace(),
            caller.workload(),
            caller.service(),
            "",
            caller.labels(),
            caller.locality());
    Engine engine =
        new Engine(
            self,
            Ticker.SYSTEM,
            RandomSource.SYSTEM,
            CallRecorder.NONE,
            HostDirectory.NONE,
            EngineSettings.DEFAULTS);
    List<String> lines = new ArrayList<>();
    for (Rejection rejection :
        engine.apply(
            Update.builder()
                .routeTables(List.of(resolution.routeTable()))
                .upstreams(resolution.upstreams())
                .endpoints(resolution.endpoints())
                .build())) {
      lines.add("refused: " + rejection.name() + ": " + rejection.reason());
    }
    lines.addAll(engine.view().explain(method, url.toString(), headers));
    return lines;
  }

  /** The first registered instance of the service, for its labels; else a bare caller. */
  private Registration caller(String namespace, String service) {
    for (Registration instance : registry.instances()) {
      if (instance.namespace().equals(namespace) && instance.service().equals(service)) {
        return instance;
      }
    }
    return Registration.builder().namespace(namespace).service(service).build();
  }

  private static Map<String, String> headers(ServiceRequestContext context) throws Refused {
    Map<String, String> headers = new LinkedHashMap<>();
    for (String header : context.queryParams().getAll("header")) {
      int colon = header.indexOf(':');
      if (colon <= 0) {
        throw new Refused(
            Reason.BAD_REQUEST, "query header: " + header + " (expected: name: value)");
      }
      headers.put(header.substring(0, colon).strip(), header.substring(colon + 1).strip());
    }
    return headers;
  }

  private static URI url(String url) throws Refused {
    try {
      URI uri = new URI(url.contains("://") ? url : "http://" + url);
      if (uri.getHost() != null) {
        return uri;
      }
    } catch (URISyntaxException e) {
      // Said below, with what was expected.
    }
    throw new Refused(
        Reason.BAD_REQUEST,
        "query url: " + url + " (expected: a URL as the service calls it, http://reviews:9080/)");
  }

  private static String routeTable(URI url) {
    int port = url.getPort();
    if (port < 0) {
      port = "https".equals(url.getScheme()) ? 443 : 80;
    }
    return url.getHost() + ":" + port;
  }
}
