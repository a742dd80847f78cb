package dev.weft.identity;

import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.MessageDigest;
import java.security.NoSuchProviderException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Whom the mesh trusts: roots, and the trust domains that count as ours. Decides whether a chain of
 * certificates proves an identity. Immutable but for a bounded memory of chains that were found
 * good; thread-safe.
 */
final class Trust {

  /** For which side of a connection a certificate is shown. */
  enum Role {
    CLIENT("1.3.6.1.5.5.7.3.2"),
    SERVER("1.3.6.1.5.5.7.3.1");

    final String usage;

    Role(String usage) {
      this.usage = usage;
    }
  }

  private static final String ANY_USAGE = "2.5.29.37.0";
  private static final int MAX_CHAIN = 10;
  private static final int MAX_REMEMBERED = 1000;

  private final Set<X509Certificate> roots;
  private final Set<TrustAnchor> anchors = new HashSet<>();
  private final String trustDomain;
  private final Set<String> aliases;

  /** Chains whose signatures were checked; what changes with time is checked every time. */
  private final ConcurrentHashMap<List<X509Certificate>, Proven> proven = new ConcurrentHashMap<>();

  /** What a good chain says. */
  private static final class Proven {
    final SpiffeId id;
    final long notBefore;
    final long notAfter;

    Proven(SpiffeId id, long notBefore, long notAfter) {
      this.id = id;
      this.notBefore = notBefore;
      this.notAfter = notAfter;
    }
  }

  /**
   * @param trustDomain ours; empty where it is not known yet: any then
   */
  Trust(List<X509Certificate> roots, String trustDomain, Set<String> aliases) {
    this.roots = Collections.unmodifiableSet(new LinkedHashSet<>(roots));
    for (X509Certificate root : this.roots) {
      anchors.add(new TrustAnchor(root, null));
    }
    this.trustDomain = trustDomain;
    this.aliases = aliases;
  }

  Set<X509Certificate> roots() {
    return roots;
  }

  String trustDomain() {
    return trustDomain;
  }

  Set<String> aliases() {
    return aliases;
  }

  /** Whether everyone whom {@code other} trusts is trusted here, too. */
  boolean covers(Trust other) {
    return roots.containsAll(other.roots)
        && isOurs(other.trustDomain)
        && other.aliases.stream().allMatch(this::isOurs);
  }

  /**
   * The identity that {@code chain} proves.
   *
   * @param chain as the peer sent it: its own first, then those that lead to a root; the root
   *     itself may be there
   * @throws CertificateException where it proves none; the message says why
   */
  SpiffeId verify(Certificate[] chain, Role role, long nowMillis) throws CertificateException {
    if (chain.length == 0 || chain.length > MAX_CHAIN) {
      throw new CertificateException(
          "chain of " + chain.length + " certificates (expected: 1 to " + MAX_CHAIN + ")");
    }
    List<X509Certificate> path = path(chain);
    if (path.isEmpty()) {
      throw new CertificateException("the peer shows a root certificate as its own");
    }
    Proven known = proven.get(path);
    if (known == null) {
      known = prove(path, nowMillis);
      if (proven.size() >= MAX_REMEMBERED) {
        proven.clear();
      }
      proven.put(path, known);
    }
    checkTime(known, nowMillis);
    checkUsage(path.get(0), known.id, role);
    return known.id;
  }

  /** Up to the root, without it: a path for PKIX ends below its anchor. */
  private List<X509Certificate> path(Certificate[] chain) throws CertificateException {
    List<X509Certificate> path = new ArrayList<>(chain.length);
    for (Certificate each : chain) {
      if (!(each instanceof X509Certificate)) {
        throw new CertificateException("not an X.509 certificate: " + each.getType());
      }
      if (roots.contains(each)) {
        break;
      }
      path.add((X509Certificate) each);
    }
    return path;
  }

  private Proven prove(List<X509Certificate> path, long nowMillis) throws CertificateException {
    X509Certificate own = path.get(0);
    SpiffeId id = SpiffeId.of(own);
    if (own.getBasicConstraints() >= 0) {
      throw new CertificateException("certificate of " + id + " is that of an authority");
    }
    if (!trustDomain.isEmpty() && !isOurs(id.trustDomain)) {
      throw new CertificateException(
          id + " is of trust domain " + id.trustDomain + " (expected: " + ours() + ")");
    }
    long notBefore = Long.MIN_VALUE;
    long notAfter = Long.MAX_VALUE;
    for (X509Certificate each : path) {
      notBefore = Math.max(notBefore, CertificateTime.start(each));
      notAfter = Math.min(notAfter, CertificateTime.end(each));
    }
    Proven claimed = new Proven(id, notBefore, notAfter);
    // First, for its message is the clearer one.
    checkTime(claimed, nowMillis);
    checkSignatures(path, id, nowMillis);
    return claimed;
  }

  private void checkSignatures(List<X509Certificate> path, SpiffeId id, long nowMillis)
      throws CertificateException {
    if (anchors.isEmpty()) {
      throw new CertificateException("certificate of " + id + ": no root is trusted");
    }
    try {
      PKIXParameters parameters = new PKIXParameters(anchors);
      parameters.setRevocationEnabled(false);
      parameters.setDate(CertificateTime.date(nowMillis));
      validator()
          .validate(CertificateFactory.getInstance("X.509").generateCertPath(path), parameters);
    } catch (CertPathValidatorException e) {
      throw new CertificateException(
          "certificate of " + id + " does not lead to a root of the mesh: " + e.getMessage(), e);
    } catch (InvalidAlgorithmParameterException e) {
      throw new IllegalStateException(e);
    } catch (CertificateException e) {
      throw e;
    } catch (GeneralSecurityException e) {
      throw new CertificateException("certificate of " + id + " cannot be checked: " + e, e);
    }
  }

  /** The JDK's own, where it is there: an application may have put another one in front. */
  private static CertPathValidator validator() throws GeneralSecurityException {
    try {
      return CertPathValidator.getInstance("PKIX", "SUN");
    } catch (NoSuchProviderException e) {
      return CertPathValidator.getInstance("PKIX");
    }
  }

  private static void checkTime(Proven chain, long nowMillis) throws CertificateException {
    if (nowMillis > chain.notAfter) {
      throw new CertificateExpiredException(
          "certificate of " + chain.id + " expired at " + CertificateTime.text(chain.notAfter));
    }
    if (nowMillis < chain.notBefore) {
      throw new CertificateNotYetValidException(
          "certificate of "
              + chain.id
              + " counts from "
              + CertificateTime.text(chain.notBefore)
              + " (hint: is the clock of this host right?)");
    }
  }

  private static void checkUsage(X509Certificate own, SpiffeId id, Role role)
      throws CertificateException {
    List<String> usages = own.getExtendedKeyUsage();
    if (usages != null && !usages.contains(role.usage) && !usages.contains(ANY_USAGE)) {
      throw new CertificateException("certificate of " + id + " is not for a " + role);
    }
  }

  /**
   * Whether {@code proven} is one of {@code expected}: the same text, or the same workload in
   * another of our trust domains. None expected: any.
   */
  boolean matches(SpiffeId proven, Set<String> expected) {
    if (expected.isEmpty() || expected.contains(proven.text)) {
      return true;
    }
    for (String each : expected) {
      SpiffeId wanted = SpiffeId.parse(each);
      if (wanted != null
          && wanted.path.equals(proven.path)
          && isOurs(wanted.trustDomain)
          && isOurs(proven.trustDomain)) {
        return true;
      }
    }
    return false;
  }

  private boolean isOurs(String domain) {
    return trustDomain.equals(domain) || aliases.contains(domain);
  }

  private String ours() {
    return aliases.isEmpty() ? trustDomain : trustDomain + " or one of " + aliases;
  }

  /** SHA-256 of what a certificate is made of, as bytes. */
  static byte[] sha256(Certificate certificate) throws CertificateException {
    try {
      return MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
    } catch (GeneralSecurityException e) {
      throw new CertificateException(e);
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Trust
        && roots.equals(((Trust) other).roots)
        && trustDomain.equals(((Trust) other).trustDomain)
        && aliases.equals(((Trust) other).aliases);
  }

  @Override
  public int hashCode() {
    return Arrays.asList(roots, trustDomain, aliases).hashCode();
  }
}
