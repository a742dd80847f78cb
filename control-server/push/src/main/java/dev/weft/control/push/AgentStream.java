package dev.weft.control.push;

import dev.weft.control.core.InstanceRegistry;
import dev.weft.control.core.WorkloadIdentity;
import dev.weft.model.Registration;
import dev.weft.model.Rejection;
import dev.weft.wire.WireCodec;
import dev.weft.wire.WireException;
import dev.weft.wire.proto.Weft;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One agent: what it says, what it wants, what it has. All methods run on the push thread.
 *
 * <p>What was sent counts as what the agent has, refused or not: a refused resource is not sent
 * again until it changes. While the agent does not read, nothing is queued for it; when it reads
 * again it gets the newest state.
 */
final class AgentStream {

  /** More than an agent ever asks for; a guard against one that is broken. */
  private static final int MAX_SUBSCRIPTIONS = 10_000;

  private static final Key INBOUND =
      new Key(Weft.ResourceKind.INBOUND_POLICY, WireCodec.INBOUND_POLICY_NAME);
  private static final Key TRUST =
      new Key(Weft.ResourceKind.TRUST_BUNDLE, WireCodec.TRUST_BUNDLE_NAME);

  private record Key(Weft.ResourceKind kind, String name) {}

  /** What the agent has of a resource, and since which message; 0: it said so in its hello. */
  private record Sent(String version, long nonce) {}

  private final PushService service;
  private final ServerCallStreamObserver<Weft.ServerMessage> toAgent;
  private final @Nullable WorkloadIdentity identity;
  private final Set<String> subscriptions = new LinkedHashSet<>();

  /** Versions at the agent. */
  private final Map<Key, Sent> has = new HashMap<>();

  /** Resources whose version at the agent was refused; an inbound policy for each of its parts. */
  private final Map<Key, List<Rejection>> refused = new LinkedHashMap<>();

  /** By subscribed name: the policies behind what the agent has of it. */
  private final Map<String, Set<String>> sources = new HashMap<>();

  /** The policies behind the inbound policy that the agent has. */
  private Set<String> inboundSources = Set.of();

  private @Nullable Registration registration;
  private Registration workload = Registration.builder().build();
  private InstanceRegistry.@Nullable Lease lease;
  private long nonce;
  private boolean helloAnswered;
  private boolean behind;
  private boolean over;
  private boolean closed;

  /**
   * @param identity that the transport proved; null for an agent that is taken at its word
   */
  AgentStream(
      PushService service,
      ServerCallStreamObserver<Weft.ServerMessage> toAgent,
      @Nullable WorkloadIdentity identity) {
    this.service = service;
    this.toAgent = toAgent;
    this.identity = identity;
  }

  void onMessage(Weft.AgentMessage message) {
    if (over) {
      return;
    }
    if ((registration == null) != message.hasHello()) {
      refuse("the first message, and no other, is a hello (got: " + message.getKindCase() + ")");
      return;
    }
    switch (message.getKindCase()) {
      case HELLO -> hello(message.getHello());
      case SUBSCRIPTION -> subscription(message.getSubscription());
      case REGISTRATION -> changed(message.getRegistration());
      case ANSWER -> answered(message.getAnswer());
      case GOODBYE -> goodbye();
      // A newer agent's; it does not depend on us knowing it.
      case KIND_NOT_SET -> {}
    }
  }

  private void hello(Weft.Hello hello) {
    Registration said = read(hello.getRegistration());
    if (said == null) {
      return;
    }
    registration = said;
    workload = Encoded.workload(said);
    subscriptions.addAll(hello.getSubscribeList());
    for (Weft.Known known : hello.getKnownList()) {
      if (known.getKind() == Weft.ResourceKind.UNRECOGNIZED) {
        continue; // From a newer server; we cannot even say its name.
      }
      has.put(new Key(known.getKind(), known.getName()), new Sent(known.getVersion(), 0));
    }
    service.joined(said.instanceId(), this);
    lease = service.registry.register(said);
    service.board.connected(said);
    push();
  }

  private void subscription(Weft.Subscription change) {
    subscriptions.addAll(change.getSubscribeList());
    for (String name : change.getUnsubscribeList()) {
      subscriptions.remove(name);
      sources.remove(name);
      // The agent has dropped it by itself.
      forget(new Key(Weft.ResourceKind.ROUTE_TABLE, name));
    }
    if (subscriptions.size() > MAX_SUBSCRIPTIONS) {
      refuse(subscriptions.size() + " subscriptions (expected: <= " + MAX_SUBSCRIPTIONS + ")");
      return;
    }
    push();
  }

  private void changed(Weft.Registration change) {
    Registration said = read(change);
    Registration before = registration;
    if (said == null || before == null) {
      return;
    }
    if (!said.instanceId().equals(before.instanceId())) {
      refuse("instance_id: " + said.instanceId() + " (expected: " + before.instanceId() + ")");
      return;
    }
    registration = said;
    if (lease != null) {
      lease.update(said);
    }
    Registration now = Encoded.workload(said);
    if (!now.equals(workload)) {
      workload = now;
      push();
    }
  }

  private @Nullable Registration read(Weft.Registration from) {
    try {
      Registration said = Caller.identified(WireCodec.decode(from), identity);
      if (said.instanceId().isEmpty() || said.service().isEmpty() || said.namespace().isEmpty()) {
        refuse("registration: instance_id, service and namespace must be there");
        return null;
      }
      WorkloadIdentity proof = identity;
      String lie = proof == null ? null : service.contradiction(said, proof);
      if (lie != null) {
        refuse(Status.PERMISSION_DENIED, lie);
        return null;
      }
      return said;
    } catch (WireException e) {
      refuse(String.valueOf(e.getMessage()));
      return null;
    }
  }

  private void answered(Weft.Answer answer) {
    long answered;
    try {
      answered = Long.parseLong(answer.getNonce());
    } catch (NumberFormatException e) {
      refuse("answer.nonce: " + answer.getNonce() + " (expected: one that was sent)");
      return;
    }
    Map<Key, List<Rejection>> said = new LinkedHashMap<>();
    for (Weft.Rejection each : answer.getRejectionsList()) {
      Rejection rejection = WireCodec.decode(each);
      Key key = new Key(kind(rejection.kind()), rejection.name());
      Sent sent = has.get(key);
      // What was sent again since then gets an answer of its own.
      if (sent != null && sent.nonce() <= answered) {
        said.computeIfAbsent(key, any -> new ArrayList<>()).add(rejection);
      }
    }
    refused.putAll(said);
    if (answered == nonce) {
      service.board.answered(instanceId(), answer.getNonce(), blamed());
    }
  }

  /** All refusals that stand, each with the policy that is to blame. */
  private List<Rejection> blamed() {
    List<Rejection> all = new ArrayList<>();
    refused.forEach((key, rejections) -> rejections.forEach(each -> blame(key, each, all)));
    return all;
  }

  private void blame(Key key, Rejection rejection, List<Rejection> all) {
    if (key.equals(INBOUND)) {
      Encoded.Inbound inbound = service.inbound(workload, true);
      all.addAll(inbound == null ? List.of(rejection) : Blame.of(rejection, inbound));
      return;
    }
    if (key.equals(TRUST)) {
      all.add(rejection);
      return;
    }
    for (String name : subscriptions) {
      Encoded.Table table = service.table(asking(name), name);
      if (table != null && contains(table, key)) {
        all.addAll(Blame.of(rejection, table));
      }
    }
  }

  private Registration asking(String routeTable) {
    Registration instance = registration;
    return instance == null ? workload : Encoded.asking(instance, workload, routeTable);
  }

  private static boolean contains(Encoded.Table table, Key key) {
    if (key.equals(key(table.table()))) {
      return true;
    }
    for (Weft.Resource other : table.others()) {
      if (key.equals(key(other))) {
        return true;
      }
    }
    return false;
  }

  private void goodbye() {
    InstanceRegistry.Lease ended = lease;
    if (end() && ended != null) {
      ended.release();
    }
    complete();
  }

  /** The agent ended its side; without a goodbye before, the instance counts as lost. */
  void completed() {
    lost();
    complete();
  }

  /** The stream broke, or the agent ended it without a word. */
  void lost() {
    InstanceRegistry.Lease ended = lease;
    if (end() && ended != null) {
      ended.lost();
    }
  }

  /** Another stream of the same instance took over; the lease is its now. */
  void replaced() {
    if (end()) {
      close(Status.ABORTED.withDescription("this instance opened another stream"));
    }
  }

  void shutDown() {
    if (end()) {
      close(Status.UNAVAILABLE.withDescription("the control server goes down"));
    }
  }

  private void refuse(String reason) {
    refuse(Status.INVALID_ARGUMENT, reason);
  }

  private void refuse(Status status, String reason) {
    lost();
    close(status.withDescription(reason));
  }

  private void complete() {
    if (!closed && !toAgent.isCancelled()) {
      toAgent.onCompleted();
    }
    closed = true;
  }

  private void close(Status status) {
    if (!closed && !toAgent.isCancelled()) {
      toAgent.onError(status.asRuntimeException());
    }
    closed = true;
  }

  /** False when it was over already. */
  private boolean end() {
    if (over) {
      return false;
    }
    over = true;
    Registration said = registration;
    if (said != null && service.left(said.instanceId(), this)) {
      service.board.disconnected(said.instanceId());
    } else if (said == null) {
      service.forget(this);
    }
    return true;
  }

  /** The agent reads again. */
  void onReady() {
    if (behind) {
      push();
    }
  }

  /** Sends what the agent does not have yet of what its names mean now; nothing if it has all. */
  void push() {
    if (over || registration == null) {
      return;
    }
    if (!toAgent.isReady()) {
      behind = true;
      return;
    }
    behind = false;
    service.refresh();
    Set<Key> desired = new LinkedHashSet<>();
    List<Weft.Resource> changed = new ArrayList<>();
    addUnasked(desired, changed);
    for (String name : subscriptions) {
      Encoded.Table table = service.table(asking(name), name);
      if (table == null) {
        keep(name, desired);
        continue;
      }
      add(table.table(), desired, changed);
      for (Weft.Resource other : table.others()) {
        add(other, desired, changed);
      }
      sources.put(name, table.sources());
    }
    send(changed, removed(desired));
  }

  /** Whom the workload trusts and what it does with requests that arrive; never taken away. */
  private void addUnasked(Set<Key> desired, List<Weft.Resource> changed) {
    Weft.Resource trust = service.trust();
    if (trust != null) {
      add(trust, desired, changed);
    }
    Encoded.Inbound inbound = service.inbound(workload, has.containsKey(INBOUND));
    if (inbound != null) {
      add(inbound.policy(), desired, changed);
      inboundSources = inbound.sources();
    }
    desired.add(TRUST);
    desired.add(INBOUND);
  }

  /**
   * The name could not be resolved for a reason of ours: what the agent has stays, all of it, since
   * what belongs to the name is not known either.
   */
  private void keep(String routeTable, Set<Key> desired) {
    desired.add(new Key(Weft.ResourceKind.ROUTE_TABLE, routeTable));
    for (Key key : has.keySet()) {
      if (key.kind() != Weft.ResourceKind.ROUTE_TABLE) {
        desired.add(key);
      }
    }
  }

  private void add(Weft.Resource resource, Set<Key> desired, List<Weft.Resource> changed) {
    Key key = key(resource);
    Sent sent = has.get(key);
    if (desired.add(key) && (sent == null || !sent.version().equals(resource.getVersion()))) {
      changed.add(resource);
    }
  }

  private List<Weft.ResourceName> removed(Set<Key> desired) {
    List<Weft.ResourceName> removed = new ArrayList<>();
    for (Key key : List.copyOf(has.keySet())) {
      if (!desired.contains(key)) {
        forget(key);
        // Endpoints go with their upstream.
        if (key.kind() != Weft.ResourceKind.ENDPOINTS) {
          removed.add(
              Weft.ResourceName.newBuilder().setKind(key.kind()).setName(key.name()).build());
        }
      }
    }
    return removed;
  }

  private void send(Collection<Weft.Resource> changed, List<Weft.ResourceName> removed) {
    Set<String> all = new TreeSet<>(inboundSources);
    sources.values().forEach(all::addAll);
    if (changed.isEmpty() && removed.isEmpty() && helloAnswered) {
      service.board.uses(instanceId(), all);
      return;
    }
    helloAnswered = true;
    nonce++;
    for (Weft.Resource resource : changed) {
      has.put(key(resource), new Sent(resource.getVersion(), nonce));
      refused.remove(key(resource));
    }
    service.board.sent(instanceId(), String.valueOf(nonce), all);
    toAgent.onNext(
        Weft.ServerMessage.newBuilder()
            .setNonce(String.valueOf(nonce))
            .addAllResources(changed)
            .addAllRemoved(removed)
            .build());
  }

  private void forget(Key key) {
    has.remove(key);
    refused.remove(key);
  }

  private String instanceId() {
    Registration said = registration;
    return said == null ? "" : said.instanceId();
  }

  private static Key key(Weft.Resource resource) {
    return new Key(resource.getKind(), resource.getName());
  }

  private static Weft.ResourceKind kind(String name) {
    for (Weft.ResourceKind kind : Weft.ResourceKind.values()) {
      if (WireCodec.kindName(kind).equals(name)) {
        return kind;
      }
    }
    return Weft.ResourceKind.RESOURCE_KIND_UNSPECIFIED;
  }
}
