package dev.weft.control.ca;

import static java.util.Objects.requireNonNull;

import dev.weft.control.core.CertificateAuthority;
import dev.weft.control.core.Refused;
import dev.weft.control.core.StoredToken;
import dev.weft.control.core.Tokens;
import dev.weft.control.core.WorkloadIdentity;
import dev.weft.model.TrustBundle;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.bouncycastle.asn1.x509.GeneralName;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The roots, and the certificates under them. Several roots are trusted at once while they change:
 * the newest signs for workloads as soon as the agents had time to hear of it; the oldest vouches
 * for the control server until it is retired, so that every agent that trusts any root of the mesh
 * trusts the control server.
 *
 * <p>Thread-safe: one immutable state, replaced under a lock.
 */
public final class MeshAuthority implements CertificateAuthority {

  private static final Logger LOG = LoggerFactory.getLogger(MeshAuthority.class);

  private static final int MAX_SIGNERS = 2;

  /**
   * What an operator decides.
   *
   * @param trustDomain such as {@code cluster.local}
   * @param directory where roots that are made here are kept
   * @param plugged directory of an authority to use instead; null: none
   * @param workloadTtl how long certificates of workloads hold, unless they ask for less
   * @param delay how long the agents have to hear of a new root before it signs
   */
  public record Settings(
      String trustDomain,
      Path directory,
      @Nullable Path plugged,
      Duration workloadTtl,
      Duration delay) {}

  /** What is so until the next rotation or retirement. */
  private record State(List<Signer> signers, Set<X509Certificate> trusted, TrustBundle bundle) {

    static State of(
        String trustDomain, List<Signer> signers, List<X509Certificate> further, Instant now) {
      Set<X509Certificate> trusted = new LinkedHashSet<>();
      signers.forEach(signer -> trusted.add(signer.root()));
      trusted.addAll(further);
      trusted.removeIf(root -> root.getNotAfter().toInstant().isBefore(now));
      TrustBundle bundle =
          TrustBundle.builder()
              .trustDomain(trustDomain)
              .roots(trusted.stream().map(Pem::of).toList())
              .build();
      return new State(List.copyOf(signers), trusted, bundle);
    }

    Signer first() {
      return signers.get(0);
    }

    Signer last() {
      return signers.get(signers.size() - 1);
    }

    Signer signing(Instant now) {
      return now.isBefore(last().signsFrom()) ? first() : last();
    }
  }

  private final Settings settings;
  private final Tokens tokens;
  private final InstantSource clock;
  private final RootDirectory directory;
  private final List<X509Certificate> further;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private final AtomicLong issued = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();
  private volatile State state;

  private MeshAuthority(
      Settings settings,
      Tokens tokens,
      InstantSource clock,
      List<Signer> signers,
      List<X509Certificate> further) {
    this.settings = settings;
    this.tokens = tokens;
    this.clock = clock;
    this.directory = new RootDirectory(settings.directory());
    this.further = further;
    this.state = State.of(settings.trustDomain(), signers, further, clock.instant());
  }

  /**
   * Reads the roots, and makes the first where there is none.
   *
   * @throws CaException with the file that is wrong
   */
  public static MeshAuthority open(Settings settings, Tokens tokens, InstantSource clock) {
    requireNonNull(tokens, "tokens");
    Instant now = clock.instant();
    RootDirectory directory = new RootDirectory(settings.directory());
    List<Signer> signers = new ArrayList<>(directory.load(settings.delay(), now));
    List<X509Certificate> further = List.of();
    if (settings.plugged() != null) {
      PluggedAuthority plugged = PluggedAuthority.load(settings.plugged(), settings.delay(), now);
      signers.add(plugged.signer());
      further = plugged.roots();
      LOG.info("signs with {}", plugged.signer().origin());
    } else if (signers.isEmpty()) {
      Signer made = directory.create(settings.trustDomain(), settings.delay(), now);
      signers.add(made);
      LOG.info("made a root of trust: {}", made.origin());
    }
    MeshAuthority authority = new MeshAuthority(settings, tokens, clock, signers, further);
    authority.requireWorking();
    return authority;
  }

  /** What is wrong with the chain as a whole, such as its allowed length, shows in use only. */
  private void requireWorking() {
    Instant now = clock.instant();
    for (Signer signer : state.signers()) {
      try {
        var pair = ControlCertificate.newKeyPair();
        WorkloadIdentity identity = WorkloadIdentity.ofControlServer(settings.trustDomain());
        List<X509Certificate> path = new ArrayList<>();
        path.add(signer.issue(pair.getPublic(), names(identity), settings.workloadTtl(), now));
        path.addAll(signer.chain());
        Signer.verify(path, Set.of(signer.root()), now);
      } catch (GeneralSecurityException e) {
        throw new CaException(
            signer.origin() + ": a certificate that it signs is not valid: " + Pem.why(e), e);
      }
    }
  }

  @Override
  public TrustBundle current() {
    return state.bundle();
  }

  @Override
  public void onChange(Runnable listener) {
    listeners.add(requireNonNull(listener, "listener"));
  }

  @Override
  public List<Root> roots() {
    State now = state;
    Signer signing = now.signing(clock.instant());
    List<Root> roots = new ArrayList<>();
    for (X509Certificate certificate : now.trusted()) {
      Signer signer = null;
      for (Signer each : now.signers()) {
        signer = each.root().equals(certificate) ? each : signer;
      }
      roots.add(root(certificate, signer, signing, now));
    }
    return roots;
  }

  private static Root root(
      X509Certificate certificate, @Nullable Signer signer, Signer signing, State state) {
    Role role = Role.TRUSTED;
    if (signer != null && signer.equals(signing)) {
      role = Role.SIGNS;
    } else if (signer != null && signer.equals(state.last())) {
      role = Role.NEXT;
    }
    Instant notBefore = certificate.getNotBefore().toInstant();
    return new Root(
        Pem.pin(certificate),
        certificate.getSubjectX500Principal().getName(),
        notBefore,
        certificate.getNotAfter().toInstant(),
        signer == null ? "root-cert.pem" : signer.origin(),
        role,
        signer == null ? notBefore : signer.signsFrom());
  }

  @Override
  public String pin() {
    return Pem.pin(control().root());
  }

  @Override
  public Root rotate() throws Refused {
    Root made;
    synchronized (this) {
      State before = state;
      if (before.last().plugged()) {
        throw conflict(
            "the authority is plugged in from "
                + settings.plugged()
                + " (expected: put the new root beside the old one in root-cert.pem and restart;"
                + " then the new ca-cert.pem and ca-key.pem, and restart)");
      }
      if (before.signers().size() >= MAX_SIGNERS) {
        throw conflict(
            "two roots are trusted already (expected: retire the older one first, weft ca retire)");
      }
      Instant now = clock.instant();
      Signer next = directory.create(settings.trustDomain(), settings.delay(), now);
      List<Signer> signers = new ArrayList<>(before.signers());
      signers.add(next);
      state = State.of(settings.trustDomain(), signers, further, now);
      LOG.info("rotates roots: {} is trusted, and signs from {}", next.origin(), next.signsFrom());
      made = root(next.root(), next, state.signing(now), state);
    }
    listeners.forEach(Runnable::run);
    return made;
  }

  @Override
  public List<Root> retire(boolean force) throws Refused {
    List<Root> retired = new ArrayList<>();
    synchronized (this) {
      State before = state;
      Instant now = clock.instant();
      Signer stays = before.last();
      if (before.signers().size() < 2) {
        throw conflict("there is one root that signs (expected: weft ca rotate first)");
      }
      if (!before.signing(now).equals(stays)) {
        throw conflict("the newer root signs from " + stays.signsFrom() + " (expected: wait)");
      }
      if (!force) {
        requireUnused(before, now);
      }
      for (Signer signer : before.signers()) {
        if (!signer.equals(stays)) {
          retired.add(root(signer.root(), signer, stays, before));
          directory.delete(signer);
        }
      }
      state = State.of(settings.trustDomain(), List.of(stays), further, now);
      retired.forEach(root -> LOG.info("retired a root: {}", root.origin()));
    }
    listeners.forEach(Runnable::run);
    return retired;
  }

  private void requireUnused(State before, Instant now) throws Refused {
    Instant end = before.last().signsFrom().plus(settings.workloadTtl());
    if (now.isBefore(end)) {
      throw conflict(
          "certificates under the older root are valid until "
              + end
              + " (expected: wait, or force when all agents have renewed theirs)");
    }
    String stays = Pem.pin(before.last().root());
    List<String> pinned =
        tokens.all().stream()
            .filter(token -> token.type() == StoredToken.Type.JOIN && token.isLive(now))
            .filter(token -> !token.pin().equals(stays))
            .map(StoredToken::id)
            .toList();
    if (!pinned.isEmpty()) {
      throw conflict(
          "join tokens pin the older root: "
              + String.join(", ", pinned)
              + " (expected: revoke them, wait until they expire, or force)");
    }
  }

  private static Refused conflict(String message) {
    return new Refused(Refused.Reason.CONFLICT, message);
  }

  @Override
  public long issued() {
    return issued.get();
  }

  @Override
  public long refused() {
    return refused.get();
  }

  void countRefused() {
    refused.incrementAndGet();
  }

  String trustDomain() {
    return settings.trustDomain();
  }

  /** Who vouches for the control server itself. */
  Signer control() {
    return state.first();
  }

  /** The trusted roots; the same object until they change. */
  Set<X509Certificate> trusted() {
    return state.trusted();
  }

  /**
   * A certificate for a workload, then what leads to the root, then all roots.
   *
   * @param asked how long it should hold; zero: as long as certificates hold here
   */
  List<X509Certificate> issue(WorkloadIdentity identity, PublicKey key, Duration asked) {
    Duration ttl = settings.workloadTtl();
    if (!asked.isZero() && asked.compareTo(ttl) < 0) {
      ttl = asked;
    }
    Instant now = clock.instant();
    State held = state;
    Signer signer = held.signing(now);
    List<X509Certificate> answer = new ArrayList<>();
    answer.add(signer.issue(key, names(identity), ttl, now));
    answer.addAll(signer.chain());
    answer.addAll(held.trusted());
    issued.incrementAndGet();
    return answer;
  }

  static List<GeneralName> names(WorkloadIdentity identity) {
    return List.of(new GeneralName(GeneralName.uniformResourceIdentifier, identity.spiffeId()));
  }
}
