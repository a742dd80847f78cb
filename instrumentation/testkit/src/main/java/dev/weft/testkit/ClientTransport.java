package dev.weft.testkit;

import dev.weft.transport.Endpoint;
import dev.weft.transport.TransportSecurity;
import java.net.InetSocketAddress;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * The client's side of mutual TLS as the agent would give it: one context, the expected identity
 * found by the handshake's peer host, and a second look after the handshake. Thread-safe.
 */
public final class ClientTransport implements TransportSecurity {

  private final SSLContext context;
  private final Map<String, String> expected = new ConcurrentHashMap<>();
  private final Map<String, String> serverNames = new ConcurrentHashMap<>();
  private final AtomicInteger looks = new AtomicInteger();
  private final Queue<String> refusals = new ConcurrentLinkedQueue<>();

  public ClientTransport(MeshCertificates certificates, String ownIdentity) {
    this.context = certificates.context(ownIdentity, this::look);
  }

  /** From now on {@code endpoint} must prove {@code identity}. */
  public void expect(Endpoint endpoint, String identity) {
    expected.put(endpoint.peerHost(), identity);
  }

  /** What connections to {@code endpoint} shall ask for as server name. */
  public void askFor(Endpoint endpoint, String serverName) {
    serverNames.put(endpoint.peerHost(), serverName);
  }

  /** From now on there is no certificate to reach anybody with. */
  public void forgetAll() {
    expected.clear();
  }

  /** How often the trust manager was asked: once per full handshake, never for a resumed one. */
  int looks() {
    return looks.get();
  }

  private void look(String peerHost, X509Certificate certificate) throws CertificateException {
    looks.incrementAndGet();
    String wanted = expected.get(peerHost);
    String proven = MeshCertificates.spiffeId(certificate);
    if (!proven.equals(wanted)) {
      throw new CertificateException(peerHost + " is " + proven + ", expected " + wanted);
    }
  }

  @Override
  public @Nullable ClientTls client(String peerHost) {
    return expected.containsKey(peerHost) ? new Expecting(peerHost) : null;
  }

  @Override
  public void refused(String peerHost, Refusal reason) {
    refusals.add(peerHost + " " + reason);
  }

  /** The connections that were told as refused so far: synthetic name, a space, and the reason. */
  public List<String> refusals() {
    return List.copyOf(refusals);
  }

  @Override
  public ServerTls server(int localPort) {
    return ServerTls.DISABLED;
  }

  @Override
  public void connected(InetSocketAddress remote, int localPort, SSLSession session) {}

  @Override
  public void disconnected(InetSocketAddress remote, int localPort) {}

  private final class Expecting implements ClientTls {
    private final String peerHost;

    Expecting(String peerHost) {
      this.peerHost = peerHost;
    }

    @Override
    public SSLContext context() {
      return context;
    }

    @Override
    public @Nullable String serverName() {
      return serverNames.get(peerHost);
    }

    @Override
    public void verify(SSLSession session) throws SSLPeerUnverifiedException {
      String proven = MeshCertificates.spiffeId(session.getPeerCertificates()[0]);
      if (!proven.equals(expected.get(peerHost))) {
        throw new SSLPeerUnverifiedException(peerHost + " is " + proven);
      }
    }
  }
}
