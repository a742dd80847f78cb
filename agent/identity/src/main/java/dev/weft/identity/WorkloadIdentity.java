package dev.weft.identity;

import static java.util.Objects.requireNonNull;

import dev.weft.engine.ExpectedPeer;
import dev.weft.model.TrustBundle;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Holds who we are and whom we trust, and replaces both while connections go on. Every change makes
 * a new TLS context, for a context remembers sessions that the old one believed. Thread-safe.
 *
 * <p>Until {@link #start} nothing of the JDK's cryptography is touched: a trust bundle that comes
 * before is kept as text.
 */
public final class WorkloadIdentity {

  private final Timer timer;
  private final Function<String, @Nullable ExpectedPeer> expected;
  private final Consumer<String> log;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private volatile TlsState state = TlsState.NONE;

  /** Below: guarded by this. */
  private boolean started;

  private @Nullable TrustBundle early;

  /**
   * @param expected whom the connection to a synthetic host name must end at; null: not ours
   * @param log takes lines for the operator
   */
  public WorkloadIdentity(
      Timer timer, Function<String, @Nullable ExpectedPeer> expected, Consumer<String> log) {
    this.timer = requireNonNull(timer, "timer");
    this.expected = requireNonNull(expected, "expected");
    this.log = requireNonNull(log, "log");
  }

  /** From now on cryptography may be used. Not for the start path. */
  public void start() {
    TrustBundle waiting;
    synchronized (this) {
      started = true;
      waiting = early;
      early = null;
    }
    String reason = waiting == null ? null : accept(waiting);
    if (reason != null) {
      log.accept("last good trust bundle is ignored: " + reason);
    }
  }

  /** Runs {@code listener} after every change, on the thread that made it. */
  public void onChange(Runnable listener) {
    listeners.add(listener);
  }

  /** 0 as long as there is no identity; another number when open connections are outdated. */
  public int generation() {
    return state.generation;
  }

  /** Our SPIFFE ID; empty as long as there is none. */
  public String id() {
    Credential own = state.own;
    return own == null ? "" : own.id.text;
  }

  /** Whether there is a certificate that has not expired. */
  public boolean hasCertificate() {
    return state.isAlive(timer.millis());
  }

  TlsState state() {
    return state;
  }

  long millis() {
    return timer.millis();
  }

  @Nullable ExpectedPeer expected(String peerHost) {
    return expected.apply(peerHost);
  }

  /**
   * Trusts from now on whom {@code bundle} names, and nobody else.
   *
   * @return why it cannot be used, and nothing changed; null where it is in force
   */
  public @Nullable String accept(TrustBundle bundle) {
    synchronized (this) {
      if (!started) {
        early = bundle;
        return null;
      }
    }
    List<X509Certificate> roots;
    try {
      roots = certificates(bundle.roots());
    } catch (CertificateException e) {
      return "roots: " + e.getMessage() + " (expected: certificates in PEM)";
    }
    if (roots.isEmpty()) {
      return "roots: none (expected: at least one certificate in PEM)";
    }
    synchronized (this) {
      replace(state.own, new Trust(roots, bundle.trustDomain(), bundle.trustDomainAliases()));
    }
    changed();
    return null;
  }

  /** A certificate was issued: it and the roots that came with it replace what was in force. */
  void accept(Credential own, List<X509Certificate> roots) throws CertificateException {
    synchronized (this) {
      Trust last = state.trust;
      Set<String> aliases = last == null ? Collections.emptySet() : last.aliases();
      Trust trust = new Trust(roots, own.id.trustDomain, aliases);
      // What peers would not believe must not replace what they do.
      trust.verify(own.chain(), Trust.Role.SERVER, timer.millis());
      replace(own, trust);
    }
    changed();
  }

  /** Whether peers who trust the same roots would believe our certificate. */
  boolean isTrustedByOwnRoots() {
    TlsState now = state;
    if (now.own == null || now.trust == null) {
      return true;
    }
    try {
      now.trust.verify(now.own.chain(), Trust.Role.SERVER, timer.millis());
      return true;
    } catch (CertificateException e) {
      return false;
    }
  }

  /** Guarded by this. */
  private void replace(@Nullable Credential own, Trust trust) {
    TlsState last = state;
    if (own == last.own && trust.equals(last.trust)) {
      return;
    }
    if (own == null) {
      state = new TlsState(0, null, trust, null);
      return;
    }
    // A trust that only grew makes no open connection wrong.
    boolean outdated = own != last.own || last.trust == null || !trust.covers(last.trust);
    int generation = outdated ? last.generation + 1 : last.generation;
    state = new TlsState(generation, own, trust, context(own, trust));
  }

  private SSLContext context(Credential own, Trust trust) {
    try {
      return Contexts.of(
          new OwnKeyManager(own.key, own.chain()),
          (chain, role, peerHost) -> check(trust, chain, role, peerHost));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("no TLS in this JVM", e);
    }
  }

  private void check(
      Trust trust, X509Certificate[] chain, Trust.Role role, @Nullable String peerHost)
      throws CertificateException {
    SpiffeId proven = trust.verify(chain, role, timer.millis());
    if (role == Trust.Role.SERVER) {
      ExpectedPeer peer = peerHost == null ? null : expected.apply(peerHost);
      if (peer == null) {
        throw new CertificateException(
            proven + ": nobody knows whom to expect at " + peerHost + " any more");
      }
      checkExpected(trust, proven, peer);
    }
  }

  static void checkExpected(Trust trust, SpiffeId proven, ExpectedPeer peer)
      throws CertificateException {
    if (!trust.matches(proven, peer.identities)) {
      throw new CertificateException(
          peer.upstream.service()
              + ": the peer is "
              + proven
              + " (expected: one of "
              + peer.identities
              + ")");
    }
  }

  /** Tells listeners; also what time alone changed. */
  void changed() {
    for (Runnable listener : listeners) {
      listener.run();
    }
  }

  static List<X509Certificate> certificates(List<String> pem) throws CertificateException {
    List<X509Certificate> all = new ArrayList<>();
    for (String each : pem) {
      all.addAll(Pem.certificates(each));
    }
    return all;
  }
}
