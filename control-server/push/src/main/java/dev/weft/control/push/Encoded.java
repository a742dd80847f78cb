package dev.weft.control.push;

import dev.weft.control.core.Discovery;
import dev.weft.model.Endpoints;
import dev.weft.model.Registration;
import dev.weft.model.TrustBundle;
import dev.weft.model.Upstream;
import dev.weft.policy.Finding;
import dev.weft.policy.InboundResolution;
import dev.weft.policy.Problem;
import dev.weft.policy.Resolution;
import dev.weft.policy.Resolver;
import dev.weft.wire.WireCodec;
import dev.weft.wire.proto.Weft;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What names mean, encoded, for one revision of the desired state. A name is resolved once for all
 * callers that cannot be told apart, and a resource is encoded once for all streams, however many
 * there are. Used on one thread.
 */
final class Encoded {

  /** A route table with all that it refers to, ready to be sent. */
  record Table(
      Weft.Resource table, List<Weft.Resource> others, Set<String> sources, List<Finding> errors) {}

  /** What concerns requests that arrive, ready to be sent. */
  record Inbound(Weft.Resource policy, Set<String> sources, List<Finding> errors) {}

  private record Question(Registration caller, String routeTable) {}

  private final Discovery discovery;
  private final Map<Question, Table> tables = new HashMap<>();
  private final Map<Registration, Inbound> inbound = new HashMap<>();
  private Weft.@Nullable Resource trust;
  private final Map<Object, Weft.Resource> byModel = new HashMap<>();

  /** By version: bytes of this and the last revision are the same object where they are equal. */
  private final Map<String, Weft.Resource> byVersion = new HashMap<>();

  private final Map<String, Weft.Resource> lastByVersion;

  private Encoded(Discovery discovery, Map<String, Weft.Resource> lastByVersion) {
    this.discovery = discovery;
    this.lastByVersion = lastByVersion;
  }

  static Encoded of(Discovery discovery) {
    return new Encoded(discovery, Map.of());
  }

  /** Empty again, for a new revision. */
  Encoded next() {
    return new Encoded(discovery, byVersion);
  }

  /**
   * The caller without what tells instances of one workload apart. Names are resolved for this, so
   * that an answer cannot depend on what is left out.
   */
  static Registration workload(Registration instance) {
    return Registration.builder()
        .service(instance.service())
        .namespace(instance.namespace())
        .serviceAccount(instance.serviceAccount())
        .labels(instance.labels())
        .locality(instance.locality())
        .build();
  }

  /** As whom {@code instance} asks for {@code routeTable}: see {@link #workload}. */
  static Registration asking(Registration instance, Registration workload, String routeTable) {
    return Resolver.isAddress(routeTable) ? Resolver.standpoint(instance, routeTable) : workload;
  }

  /**
   * @param workload see {@link #asking}
   */
  Table table(Registration workload, String routeTable) {
    return tables.computeIfAbsent(new Question(workload, routeTable), this::encode);
  }

  private Table encode(Question question) {
    Resolution resolution = discovery.resolve(question.caller(), question.routeTable());
    List<Weft.Resource> others = new ArrayList<>();
    for (Upstream upstream : resolution.upstreams()) {
      others.add(byModel.computeIfAbsent(upstream, any -> shared(WireCodec.encode(upstream))));
    }
    for (Endpoints endpoints : resolution.endpoints()) {
      others.add(byModel.computeIfAbsent(endpoints, any -> shared(WireCodec.encode(endpoints))));
    }
    return new Table(
        shared(WireCodec.encode(resolution.routeTable(), resolution.sources())),
        List.copyOf(others),
        resolution.sources(),
        errors(resolution.findings()));
  }

  /**
   * @param workload see {@link #workload}
   */
  Inbound inbound(Registration workload) {
    return inbound.computeIfAbsent(workload, this::encode);
  }

  private Inbound encode(Registration workload) {
    InboundResolution resolution = discovery.inbound(workload);
    return new Inbound(
        shared(WireCodec.encode(resolution.policy(), resolution.sources())),
        resolution.sources(),
        errors(resolution.findings()));
  }

  /** Null while there is no root: what an agent trusts already is not taken from it. */
  Weft.@Nullable Resource trust() {
    if (trust == null) {
      TrustBundle bundle = discovery.trustBundle();
      trust = bundle.roots().isEmpty() ? null : shared(WireCodec.encode(bundle));
    }
    return trust;
  }

  private static List<Finding> errors(List<Finding> findings) {
    List<Finding> errors = new ArrayList<>();
    for (Finding finding : findings) {
      if (finding.problem().severity() == Problem.Severity.ERROR) {
        errors.add(finding);
      }
    }
    return List.copyOf(errors);
  }

  private Weft.Resource shared(Weft.Resource fresh) {
    Weft.Resource last = lastByVersion.get(fresh.getVersion());
    Weft.Resource kept = last == null ? fresh : last;
    Weft.Resource before = byVersion.putIfAbsent(kept.getVersion(), kept);
    return before == null ? kept : before;
  }
}
