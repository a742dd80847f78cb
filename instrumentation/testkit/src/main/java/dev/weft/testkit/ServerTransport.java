package dev.weft.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.transport.TransportSecurity;
import java.net.InetSocketAddress;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** The transport rule of a server under test, and what it told about connections. Thread-safe. */
public final class ServerTransport implements TransportSecurity {

  private volatile ServerTls rule;
  private final BlockingQueue<String> told = new LinkedBlockingQueue<>();

  /**
   * @param rule for every port
   */
  public ServerTransport(ServerTls rule) {
    this.rule = rule;
  }

  /** What holds for every connection that comes from now on. */
  public void rule(ServerTls rule) {
    this.rule = rule;
  }

  /** The next thing told, for example {@code connected spiffe://...}; waits for it. */
  public String take() throws InterruptedException {
    String next = told.poll(10, TimeUnit.SECONDS);
    assertThat(next).as("a connection that was told").isNotNull();
    return next;
  }

  public void assertNothingLeft() {
    assertThat(told).isEmpty();
  }

  @Override
  public @Nullable ClientTls client(String peerHost) {
    return null;
  }

  @Override
  public ServerTls server(int localPort) {
    return rule;
  }

  @Override
  public void connected(InetSocketAddress remote, int localPort, SSLSession session) {
    try {
      String peer = MeshCertificates.spiffeId(session.getPeerCertificates()[0]);
      told.add("connected " + remote.getPort() + " to " + localPort + " " + peer);
    } catch (SSLPeerUnverifiedException e) {
      told.add("connected without a certificate");
    }
  }

  @Override
  public void disconnected(InetSocketAddress remote, int localPort) {
    told.add("disconnected " + remote.getPort() + " from " + localPort);
  }
}
