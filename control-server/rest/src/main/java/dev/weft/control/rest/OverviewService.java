package dev.weft.control.rest;

import static java.util.Objects.requireNonNull;

import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.weft.control.core.Admission;
import dev.weft.control.core.AgentBoard;
import dev.weft.control.core.AgentBoard.AgentView;
import dev.weft.control.core.AgentBoard.Delivery;
import dev.weft.control.core.AgentBoard.Sync;
import dev.weft.control.core.InstanceRegistry;
import dev.weft.control.core.Kind;
import dev.weft.control.core.Refused;
import dev.weft.control.core.Refused.Reason;
import dev.weft.control.core.Resource;
import dev.weft.control.core.ResourceKey;
import dev.weft.control.core.ResourceStore;
import dev.weft.control.core.StatusReport;
import dev.weft.control.core.Trees;
import dev.weft.model.Port;
import dev.weft.model.Registration;
import dev.weft.model.Rejection;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What is going on: {@code /v1/workloads}, {@code /v1/workloads/{namespace}/{service}}, {@code
 * /v1/services} and {@code /v1/status}.
 */
final class OverviewService implements Handler {

  private final ResourceStore store;
  private final InstanceRegistry registry;
  private final AgentBoard board;
  private final StatusReport report;
  private final InboundView inbound;

  OverviewService(
      ResourceStore store,
      InstanceRegistry registry,
      AgentBoard board,
      StatusReport report,
      InboundView inbound) {
    this.store = requireNonNull(store, "store");
    this.registry = requireNonNull(registry, "registry");
    this.board = requireNonNull(board, "board");
    this.report = requireNonNull(report, "report");
    this.inbound = requireNonNull(inbound, "inbound");
  }

  @Override
  public HttpResponse handle(ServiceRequestContext context, AggregatedHttpRequest request)
      throws Refused {
    if (request.method() != HttpMethod.GET) {
      throw new Refused(Reason.METHOD_NOT_ALLOWED, request.method() + " (expected here: GET)");
    }
    String[] path = context.decodedPath().split("/", -1);
    Map<String, Object> answer =
        switch (path.length > 2 ? path[2] : "") {
          case "workloads" ->
              Map.of("items", path.length == 5 ? workload(path[3], path[4]) : workloads());
          case "services" -> Map.of("items", services());
          case "status" -> path.length == 6 ? one(path[3], path[4], path[5]) : all();
          default ->
              throw new Refused(
                  Reason.NOT_FOUND,
                  context.path()
                      + " (expected: /v1/workloads, /v1/services, /v1/status, /v1/explain)");
        };
    return Reply.of(request.headers(), HttpStatus.OK, answer);
  }

  private List<Object> workload(String namespace, String service) throws Refused {
    List<Object> found = inbound.of(namespace, service);
    if (found.isEmpty()) {
      throw new Refused(
          Reason.NOT_FOUND,
          "workload " + namespace + "/" + service + ": no instance of this service is registered");
    }
    return found;
  }

  private List<Object> workloads() {
    Map<String, AgentView> connected = new TreeMap<>();
    board.agents().forEach(agent -> connected.put(agent.agent().instanceId(), agent));
    List<Object> workloads = new ArrayList<>();
    for (Registration instance : registry.instances()) {
      Map<String, Object> workload = instance(instance);
      AgentView agent = connected.get(instance.instanceId());
      workload.put("connected", agent != null);
      workload.put("sync", agent == null ? "DISCONNECTED" : agent.sync().name());
      workloads.add(workload);
    }
    return workloads;
  }

  private static Map<String, Object> instance(Registration instance) {
    List<Object> ports = new ArrayList<>();
    for (Port port : instance.ports()) {
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("number", port.number());
      entry.put("protocol", port.protocol());
      entry.put("tls", port.tls());
      ports.add(entry);
    }
    Map<String, Object> workload = new LinkedHashMap<>();
    workload.put("instance", instance.instanceId());
    workload.put("service", instance.service());
    workload.put("namespace", instance.namespace());
    workload.put("workload", instance.workload());
    workload.put("serviceAccount", instance.serviceAccount());
    workload.put("address", instance.address());
    workload.put("ports", ports);
    workload.put("labels", instance.labels());
    workload.put("locality", instance.locality());
    workload.put("state", instance.state().name());
    workload.put("agentVersion", instance.agentVersion());
    workload.put("javaVersion", instance.javaVersion());
    workload.put("adapters", instance.adapters());
    workload.put("libraries", instance.libraries());
    workload.put("refusals", instance.refusals());
    return workload;
  }

  private List<Object> services() {
    Map<String, Members> services = new TreeMap<>();
    for (Registration instance : registry.instances()) {
      services
          .computeIfAbsent(
              instance.namespace() + "/" + instance.service(),
              key -> new Members(instance.namespace(), instance.service(), "instances"))
          .add(instance);
    }
    for (Resource entry : store.snapshot().list(Kind.SERVICE_ENTRY, null)) {
      Object hosts = Trees.map(entry.body(), "spec").get("hosts");
      if (hosts instanceof List<?> list) {
        for (Object host : list) {
          String name = String.valueOf(host);
          services.putIfAbsent(
              entry.key().namespace() + "/" + name,
              new Members(entry.key().namespace(), name, entry.key().toString()));
        }
      }
    }
    List<Object> answer = new ArrayList<>();
    services.values().forEach(members -> answer.add(members.tree()));
    return answer;
  }

  private Map<String, Object> all() {
    List<Object> agents = new ArrayList<>();
    Map<Sync, Integer> counts = new TreeMap<>();
    for (Sync sync : Sync.values()) {
      counts.put(sync, 0);
    }
    Map<String, Registration> instances = new TreeMap<>();
    registry.instances().forEach(each -> instances.put(each.instanceId(), each));
    for (AgentView agent : board.agents()) {
      counts.merge(agent.sync(), 1, Integer::sum);
      Registration now = instances.getOrDefault(agent.agent().instanceId(), agent.agent());
      agents.add(agent(agent, now));
    }
    List<Object> resources = new ArrayList<>();
    ResourceStore.Snapshot snapshot = store.snapshot();
    for (Resource resource : snapshot.all()) {
      resources.add(resource(report.of(resource)));
    }
    Map<String, Object> summary = new LinkedHashMap<>();
    counts.forEach((sync, count) -> summary.put(sync.name(), count));
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("revision", snapshot.revision());
    answer.put("sync", summary);
    answer.put("agents", agents);
    answer.put("resources", resources);
    return answer;
  }

  private Map<String, Object> one(String word, String namespace, String name) throws Refused {
    Kind kind = Kind.ofWord(word);
    if (kind == null) {
      throw new Refused(
          Reason.NOT_FOUND, "kind " + word + " (expected: one of " + Kind.all() + ")");
    }
    ResourceKey key = new ResourceKey(kind, namespace, name);
    Resource resource = store.snapshot().get(key);
    if (resource == null) {
      throw new Refused(Reason.NOT_FOUND, key, Admission.notFound(key), List.of());
    }
    Map<String, Object> tree = resource(report.of(resource));
    if (kind.isSecurity()) {
      tree.put("selects", inbound.selectedBy(key));
    }
    return tree;
  }

  private static Map<String, Object> agent(AgentView agent, Registration now) {
    List<Object> rejections = new ArrayList<>();
    for (Rejection rejection : agent.rejections()) {
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("kind", rejection.kind());
      entry.put("name", rejection.name());
      entry.put("source", rejection.source());
      entry.put("reason", rejection.reason());
      rejections.add(entry);
    }
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("instance", agent.agent().instanceId());
    tree.put("service", agent.agent().service());
    tree.put("namespace", agent.agent().namespace());
    tree.put("state", now.state().name());
    tree.put("sync", agent.sync().name());
    tree.put("connectedSince", agent.connectedSince().toString());
    tree.put("agentVersion", agent.agent().agentVersion());
    tree.put("rejections", rejections);
    return tree;
  }

  private static Map<String, Object> resource(StatusReport.View view) {
    List<Object> deliveries = new ArrayList<>();
    for (Delivery delivery : view.deliveries()) {
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("agent", delivery.agent());
      entry.put("answer", delivery.answer().name());
      entry.put("version", delivery.version());
      entry.put("acceptedVersion", delivery.acceptedVersion());
      entry.put("reason", delivery.reason());
      deliveries.add(entry);
    }
    List<Object> messages = new ArrayList<>();
    view.messages().forEach(problem -> messages.add(StatusReport.message(problem)));
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("kind", view.resource().key().kind().name());
    tree.put("namespace", view.resource().key().namespace());
    tree.put("name", view.resource().key().name());
    tree.put("generation", view.resource().generation());
    tree.put("resourceVersion", Long.toString(view.resource().version()));
    tree.put("inForce", Long.toString(view.inForce()));
    tree.put("agents", view.agents());
    tree.put("accepted", view.accepted());
    tree.put("summary", view.summary());
    tree.put("held", view.held());
    tree.put("messages", messages);
    tree.put("deliveries", deliveries);
    return tree;
  }

  /** The instances of one service, counted. */
  private static final class Members {
    private final String namespace;
    private final String name;
    private final String from;
    private final Set<Integer> ports = new TreeSet<>();
    private final Map<String, Integer> versions = new TreeMap<>();
    private int instances;
    private int ready;

    Members(String namespace, String name, String from) {
      this.namespace = namespace;
      this.name = name;
      this.from = from;
    }

    void add(Registration instance) {
      instances++;
      if (instance.state() == Registration.State.READY) {
        ready++;
      }
      instance.ports().forEach(port -> ports.add(port.number()));
      String version = instance.labels().get("version");
      if (version != null) {
        versions.merge(version, 1, Integer::sum);
      }
    }

    Map<String, Object> tree() {
      Map<String, Object> tree = new LinkedHashMap<>();
      tree.put("namespace", namespace);
      tree.put("name", name);
      tree.put("from", from);
      tree.put("instances", instances);
      tree.put("ready", ready);
      tree.put("ports", List.copyOf(ports));
      tree.put("versions", versions);
      return tree;
    }
  }
}
