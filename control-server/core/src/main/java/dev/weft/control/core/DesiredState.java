package dev.weft.control.core;

import static java.util.Objects.requireNonNull;

import dev.weft.model.Registration;
import dev.weft.model.TrustBundle;
import dev.weft.policy.Analyzer;
import dev.weft.policy.Document;
import dev.weft.policy.Finding;
import dev.weft.policy.InboundResolution;
import dev.weft.policy.InboundResolver;
import dev.weft.policy.PolicySet;
import dev.weft.policy.Problem;
import dev.weft.policy.Resolution;
import dev.weft.policy.Resolver;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Resources, instances, roots and issuers' keys put together: what every workload shall do. A
 * change only counts up the revision; the state is put together when somebody asks, so a burst of
 * changes costs one.
 *
 * <p>A VirtualService whose new version names a subset or destination that does not exist is held
 * back: its last good version stays in force until the reference can be resolved, and {@link
 * State#held} says why. Thread-safe.
 */
public final class DesiredState implements Discovery {

  /** Istio's codes for a reference to a subset or a port that is not there. */
  private static final Set<String> BROKEN_REFERENCE = Set.of("IST0101", "IST0112");

  private final ResourceStore store;
  private final InstanceRegistry registry;
  private final MeshConfig mesh;
  private final TrustSource trust;
  private final JwksSource jwks;
  private final AtomicLong revision = new AtomicLong(1);
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private final Object computing = new Object();
  private volatile @Nullable State state;

  /** The newest good version of each VirtualService; guarded by {@link #computing}. */
  private final Map<ResourceKey, Resource> lastGood = new TreeMap<>();

  private Set<Resource> savedHeld = new HashSet<>();

  public DesiredState(
      ResourceStore store, InstanceRegistry registry, TrustSource trust, JwksSource jwks) {
    this(store, registry, MeshConfig.DEFAULTS, trust, jwks);
  }

  /**
   * @param trust says what the trust domain is; its aliases are those of {@code mesh} and its own
   */
  public DesiredState(
      ResourceStore store,
      InstanceRegistry registry,
      MeshConfig mesh,
      TrustSource trust,
      JwksSource jwks) {
    this.mesh = requireNonNull(mesh, "mesh");
    this.store = requireNonNull(store, "store");
    this.registry = requireNonNull(registry, "registry");
    this.trust = requireNonNull(trust, "trust");
    this.jwks = requireNonNull(jwks, "jwks");
    for (Resource resource : store.heldBack()) {
      lastGood.put(resource.key(), resource);
      savedHeld.add(resource);
    }
    store.onChange(this::changed);
    registry.onChange(this::changed);
    trust.onChange(this::changed);
    jwks.onChange(this::changed);
  }

  /**
   * Why a resource is not in force as it was last written.
   *
   * @param inForce the version that is
   */
  public record Held(Resource inForce, List<String> reasons) {
    public Held {
      reasons = List.copyOf(reasons);
    }
  }

  /** Everything at one revision. Immutable but for the cache of what was asked of it. */
  public static final class State {
    private final long revision;
    private final ResourceStore.Snapshot resources;
    private final PolicySet policies;
    private final Map<ResourceKey, Held> held;
    private volatile @Nullable Map<String, List<Problem>> findings;
    private final PolicySet newest;
    private final TrustBundle trust;
    private final JwksSource jwks;
    private final Map<Question, Resolution> answers = new ConcurrentHashMap<>();
    private final Map<Workload, InboundResolution> inbound = new ConcurrentHashMap<>();

    private State(
        long revision,
        ResourceStore.Snapshot resources,
        PolicySet newest,
        PolicySet policies,
        Map<ResourceKey, Held> held,
        TrustBundle trust,
        JwksSource jwks,
        @Nullable Map<String, List<Problem>> findings) {
      this.revision = revision;
      this.resources = resources;
      this.newest = newest;
      this.policies = policies;
      this.held = held;
      this.trust = trust;
      this.jwks = jwks;
      this.findings = findings;
    }

    public ResourceStore.Snapshot resources() {
      return resources;
    }

    /** What is in force: for a held resource its last good version. */
    public PolicySet policies() {
      return policies;
    }

    /** Null when the resource is in force as it was last written. */
    public @Nullable Held held(ResourceKey key) {
      return held.get(key);
    }

    /**
     * What is to say about the resource as it was last written, seen together with all others; of
     * keys that are fetched, what holds at this moment.
     */
    public List<Problem> findings(ResourceKey key) {
      Map<String, List<Problem>> known = findings;
      if (known == null) {
        known = analyze(newest);
        findings = known;
      }
      List<Problem> all = new ArrayList<>(known.getOrDefault(key.toString(), List.of()));
      Resource resource = resources.get(key);
      if (resource != null) {
        all.addAll(KeyLocation.problems(resource, jwks));
      }
      return all;
    }
  }

  /** Callers that have it in common get the same answer. */
  private record Question(Registration standpoint, String routeTable) {}

  @Override
  public Resolution resolve(Registration caller, String routeTable) {
    State current = state();
    Question question = new Question(Resolver.standpoint(caller, routeTable), routeTable);
    return current.answers.computeIfAbsent(
        question, q -> Resolver.resolve(current.policies, q.standpoint, routeTable));
  }

  /** What the inbound side of a workload depends on; its instances have it in common. */
  private record Workload(
      String service, String namespace, String serviceAccount, Map<String, String> labels) {

    static Workload of(Registration instance) {
      return new Workload(
          instance.service(),
          instance.namespace(),
          instance.serviceAccount(),
          Map.copyOf(instance.labels()));
    }
  }

  @Override
  public InboundResolution inbound(Registration workload) {
    State current = state();
    return current.inbound.computeIfAbsent(
        Workload.of(workload), any -> InboundResolver.resolve(current.policies, workload));
  }

  @Override
  public TrustBundle trustBundle() {
    return state().trust;
  }

  /** How the fetching of issuers' keys goes. */
  public JwksSource.Stats keyStats() {
    return jwks.stats();
  }

  @Override
  public long revision() {
    return revision.get();
  }

  @Override
  public void onChange(Runnable listener) {
    listeners.add(requireNonNull(listener, "listener"));
  }

  /** The state at the newest revision. */
  public State state() {
    State current = state;
    if (current != null && current.revision == revision.get()) {
      return current;
    }
    synchronized (computing) {
      // Read first: a change while this runs makes the result old at once, not wrong for ever.
      long now = revision.get();
      current = state;
      if (current == null || current.revision != now) {
        current = compute(now, current);
        state = current;
      }
      return current;
    }
  }

  private void changed() {
    revision.incrementAndGet();
    listeners.forEach(Runnable::run);
  }

  private State compute(long now, @Nullable State before) {
    ResourceStore.Snapshot resources = store.snapshot();
    // All of them, ready or not: policy sends nothing to one that is not ready, and can say so.
    List<Registration> instances = registry.instances();
    TrustBundle trusted = trusted();
    boolean sameDocuments =
        before != null
            && before.resources.revision() == resources.revision()
            && before.trust.trustDomain().equals(trusted.trustDomain())
            && before.trust.trustDomainAliases().equals(trusted.trustDomainAliases());
    PolicySet newest =
        before != null && sameDocuments
            ? before.newest.withInstances(instances)
            : policies(resources, instances, trusted);
    newest = newest.withJwks(keys(newest.jwksUris()));
    if (before != null && sameDocuments && before.held.isEmpty()) {
      return new State(now, resources, newest, newest, Map.of(), trusted, jwks, null);
    }
    Map<String, List<Problem>> findings = analyze(newest);
    Map<ResourceKey, Held> held = hold(resources, findings);
    PolicySet inForce = held.isEmpty() ? newest : newest.withDocuments(documents(resources, held));
    return new State(now, resources, newest, inForce, held, trusted, jwks, findings);
  }

  private TrustBundle trusted() {
    TrustBundle bundle = trust.current();
    Set<String> aliases = new LinkedHashSet<>(bundle.trustDomainAliases());
    aliases.addAll(mesh.trustDomainAliases());
    aliases.remove(bundle.trustDomain());
    return bundle.toBuilder().trustDomainAliases(aliases).build();
  }

  private PolicySet policies(
      ResourceStore.Snapshot resources, List<Registration> instances, TrustBundle trusted) {
    return PolicySet.builder()
        .trustDomain(trusted.trustDomain())
        .trustDomainAliases(trusted.trustDomainAliases())
        .rootNamespace(mesh.rootNamespace())
        .outboundMode(mesh.outboundMode())
        .pathNormalization(mesh.pathNormalization())
        .trustedProxies(mesh.trustedProxies())
        .externalAuthorizers(mesh.externalAuthorizers())
        .documents(documents(resources, Map.of()))
        .instances(instances)
        .build();
  }

  /** Those that are there; from here on the others are fetched. */
  private Map<String, String> keys(Set<String> uris) {
    jwks.want(uris);
    Map<String, String> keys = new HashMap<>();
    for (String uri : uris) {
      String set = jwks.jwks(uri);
      if (set != null) {
        keys.put(uri, set);
      }
    }
    return keys;
  }

  private static List<Document> documents(
      ResourceStore.Snapshot resources, Map<ResourceKey, Held> held) {
    List<Document> documents = new ArrayList<>();
    for (Resource resource : resources.all()) {
      Held instead = held.get(resource.key());
      documents.add(Document.of((instead == null ? resource : instead.inForce()).tree()));
    }
    return documents;
  }

  private static Map<String, List<Problem>> analyze(PolicySet policies) {
    Map<String, List<Problem>> findings = new LinkedHashMap<>();
    for (Finding finding : Analyzer.analyze(policies)) {
      add(finding, findings);
    }
    Set<Workload> seen = new HashSet<>();
    for (Registration instance : policies.instances()) {
      if (seen.add(Workload.of(instance))) {
        for (Finding finding : InboundResolver.resolve(policies, instance).findings()) {
          // Of keys State.findings says what holds when it is asked.
          if (!finding.problem().path().equals("spec.jwtRules")) {
            add(finding, findings);
          }
        }
      }
    }
    return findings;
  }

  private static void add(Finding finding, Map<String, List<Problem>> findings) {
    List<Problem> own = findings.computeIfAbsent(finding.resource(), any -> new ArrayList<>());
    if (!own.contains(finding.problem())) {
      own.add(finding.problem());
    }
  }

  private Map<ResourceKey, Held> hold(
      ResourceStore.Snapshot resources, Map<String, List<Problem>> findings) {
    Map<ResourceKey, Held> held = new TreeMap<>();
    Set<ResourceKey> present = new HashSet<>();
    for (Resource resource : resources.list(Kind.VIRTUAL_SERVICE, null)) {
      present.add(resource.key());
      List<String> missing = new ArrayList<>();
      for (Problem problem : findings.getOrDefault(resource.key().toString(), List.of())) {
        if (problem.severity() == Problem.Severity.ERROR
            && BROKEN_REFERENCE.contains(problem.code())) {
          missing.add(problem.text());
        }
      }
      Resource good = lastGood.get(resource.key());
      if (good != null && !good.uid().equals(resource.uid())) {
        lastGood.remove(resource.key()); // Deleted and made again: not the same resource.
        good = null;
      }
      // What was good once counts as good, although the world around it may have changed since.
      boolean unchanged = good != null && good.generation() == resource.generation();
      if (missing.isEmpty() || unchanged) {
        lastGood.put(resource.key(), resource);
      } else if (good != null) {
        held.put(resource.key(), new Held(good, missing));
      }
    }
    lastGood.keySet().retainAll(present);
    save(held);
    return held;
  }

  /** A restart of the server must not put into force what was held back before it. */
  private void save(Map<ResourceKey, Held> held) {
    Set<Resource> inForce = new HashSet<>();
    held.values().forEach(each -> inForce.add(each.inForce()));
    if (!inForce.equals(savedHeld)) {
      store.holdBack(inForce);
      savedHeld = inForce;
    }
  }
}
