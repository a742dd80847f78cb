package dev.weft.control.ca;

import static java.util.Objects.requireNonNull;

import com.linecorp.armeria.common.TlsKeyPair;
import com.linecorp.armeria.common.TlsProvider;
import dev.weft.control.core.WorkloadIdentity;
import java.net.InetAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.x509.GeneralName;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The control server's own certificate, and which clients' certificates it takes. It is renewed by
 * the first handshake in the second half of its life, and by the first one after its root changed.
 *
 * <p>Its names: the SPIFFE identity for agents; DNS names and addresses for curl and kubectl.
 */
final class ControlCertificate implements TlsProvider {

  private static final Logger LOG = LoggerFactory.getLogger(ControlCertificate.class);

  private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|.*:.*");
  private static final Pattern DNS_NAME =
      Pattern.compile("(\\*\\.)?[A-Za-z0-9]([-A-Za-z0-9_]*[A-Za-z0-9])?(\\.[A-Za-z0-9-_]+)*\\.?");

  private record Held(Signer signer, TlsKeyPair pair, Instant renewAt, Instant expires) {}

  private final MeshAuthority authority;
  private final List<String> furtherNames;
  private final Duration ttl;
  private final InstantSource clock;
  private volatile @Nullable Held held;
  private volatile List<X509Certificate> trusted = List.of();
  private volatile @Nullable Set<X509Certificate> trustedOf;

  /**
   * @param furtherNames DNS names and addresses beyond those of this machine
   */
  ControlCertificate(
      MeshAuthority authority, List<String> furtherNames, Duration ttl, InstantSource clock) {
    this.authority = requireNonNull(authority, "authority");
    this.furtherNames = List.copyOf(furtherNames);
    this.ttl = requireNonNull(ttl, "ttl");
    this.clock = requireNonNull(clock, "clock");
    furtherNames.forEach(ControlCertificate::name);
  }

  @Override
  public TlsKeyPair keyPair(String hostname) {
    Held now = held;
    if (now == null || isDue(now)) {
      now = renew();
    }
    return now.pair();
  }

  @Override
  public List<X509Certificate> trustedCertificates(String hostname) {
    Set<X509Certificate> current = authority.trusted();
    if (current != trustedOf) {
      trusted = List.copyOf(current);
      trustedOf = current;
    }
    return trusted;
  }

  private boolean isDue(Held now) {
    return !now.signer().equals(authority.control()) || !clock.instant().isBefore(now.renewAt());
  }

  /** One signature: short enough for the thread of a handshake. */
  private synchronized Held renew() {
    Held before = held;
    if (before != null && !isDue(before)) {
      return before;
    }
    Instant now = clock.instant();
    Signer signer = authority.control();
    try {
      KeyPair pair = newKeyPair();
      X509Certificate certificate = signer.issue(pair.getPublic(), names(), ttl, now);
      Instant expires = certificate.getNotAfter().toInstant();
      List<X509Certificate> chain = new ArrayList<>();
      chain.add(certificate);
      chain.addAll(signer.chainAndRoot());
      Held renewed =
          new Held(
              signer,
              TlsKeyPair.of(pair.getPrivate(), chain),
              now.plus(Duration.between(now, expires).dividedBy(2)),
              expires);
      held = renewed;
      LOG.info(
          "control certificate {} serial={} expires={}",
          WorkloadIdentity.ofControlServer(authority.trustDomain()),
          certificate.getSerialNumber().toString(16),
          expires);
      return renewed;
    } catch (CaException | GeneralSecurityException e) {
      if (before == null) {
        throw new CaException("the control server gets no certificate: " + Pem.why(e), e);
      }
      LOG.error(
          "the control certificate cannot be renewed; the one until {} stays", before.expires(), e);
      return before;
    }
  }

  static KeyPair newKeyPair() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair();
  }

  private List<GeneralName> names() {
    Set<String> names = new LinkedHashSet<>();
    names.add("localhost");
    names.add("127.0.0.1");
    names.add("::1");
    try {
      InetAddress self = InetAddress.getLocalHost();
      names.add(self.getHostName());
    } catch (UnknownHostException e) {
      LOG.debug("this machine does not know its own name", e);
    }
    try {
      NetworkInterface.networkInterfaces()
          .flatMap(card -> card.getInterfaceAddresses().stream())
          .map(InterfaceAddress::getAddress)
          .filter(address -> !address.isLinkLocalAddress() && !address.isLoopbackAddress())
          .forEach(address -> names.add(address.getHostAddress().replaceFirst("%.*", "")));
    } catch (SocketException e) {
      LOG.debug("this machine does not know its own addresses", e);
    }
    names.addAll(furtherNames);
    List<GeneralName> all =
        new ArrayList<>(
            MeshAuthority.names(WorkloadIdentity.ofControlServer(authority.trustDomain())));
    for (String name : names) {
      if (isName(name)) {
        all.add(name(name));
      }
    }
    return all;
  }

  private static boolean isName(String name) {
    return ADDRESS.matcher(name).matches() || DNS_NAME.matcher(name).matches();
  }

  private static GeneralName name(String name) {
    if (!isName(name)) {
      throw new CaException("--tls-san: " + name + " (expected: a DNS name or an IP address)");
    }
    try {
      return ADDRESS.matcher(name).matches()
          ? new GeneralName(GeneralName.iPAddress, name)
          : new GeneralName(GeneralName.dNSName, name);
    } catch (IllegalArgumentException e) {
      throw new CaException("--tls-san: " + name + " (expected: a DNS name or an IP address)", e);
    }
  }
}
