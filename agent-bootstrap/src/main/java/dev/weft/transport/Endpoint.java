package dev.weft.transport;

import static java.util.Objects.requireNonNull;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/**
 * One address of one upstream, as connection pools and TLS see it. Canonical: the engine gives the
 * same object as long as the upstream has it with the same transport and expected identities. One
 * that went and came back is equal to what it was.
 *
 * <p>{@link #address()} carries a <em>synthetic</em> host name ({@link #peerHost()}) beside the
 * real IP address: it keys connection pools and the TLS session cache by upstream and expected
 * identity, and it is how {@link TransportSecurity} finds the identities to expect. It is never
 * resolved.
 */
public final class Endpoint {

  /** What every synthetic host name ends in. */
  public static final String SUFFIX = ".weft";

  /**
   * What the synthetic host name of an endpoint ends in that must be reached by TLS of ours. The
   * name is all that the lowest layer sees of an endpoint, and it must refuse plaintext there.
   */
  public static final String TLS_SUFFIX = ".tls" + SUFFIX;

  private final String peerHost;
  private final InetAddress address;
  private final int port;
  private final boolean tls;

  /**
   * @param peerHost letters, digits, {@code -} and {@code .}; ends in {@link #TLS_SUFFIX} if {@code
   *     tls}, else in {@link #SUFFIX} only; one per upstream, transport mode, set of expected
   *     identities and TLS generation
   * @param ip the 4 or 16 bytes of the IP address
   * @param tls whether the connection must be TLS of ours, mutual in the mesh; its context is
   *     {@link TransportSecurity#client}
   */
  public Endpoint(String peerHost, byte[] ip, int port, boolean tls) {
    this.peerHost = requireNonNull(peerHost, "peerHost");
    if (!isSynthetic(peerHost) || isTls(peerHost) != tls) {
      throw new IllegalArgumentException(
          "peerHost: "
              + peerHost
              + " (expected: a name in "
              + (tls ? TLS_SUFFIX : SUFFIX + ", not " + TLS_SUFFIX)
              + ")");
    }
    try {
      this.address = InetAddress.getByAddress(peerHost, ip);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("ip: " + ip.length + " bytes (expected: 4 or 16)", e);
    }
    this.port = port;
    this.tls = tls;
  }

  /** Whether {@code host} was made by us: an inner layer sees that the request is decided. */
  public static boolean isSynthetic(String host) {
    return host.endsWith(SUFFIX);
  }

  /** Whether {@code host} names an endpoint that must be reached by TLS of ours. */
  public static boolean isTls(String host) {
    return host.endsWith(TLS_SUFFIX);
  }

  public String peerHost() {
    return peerHost;
  }

  /** The real IP address under the synthetic name. */
  public InetAddress address() {
    return address;
  }

  public int port() {
    return port;
  }

  public InetSocketAddress socketAddress() {
    return new InetSocketAddress(address, port);
  }

  /**
   * The same address under the name that the application wrote, which may look at it: for the
   * floors below libraries that no adapter knows. Under the synthetic name where it {@link #tls
   * must be TLS}.
   */
  public InetSocketAddress socketAddress(String host) {
    try {
      return tls
          ? socketAddress()
          : new InetSocketAddress(InetAddress.getByAddress(host, address.getAddress()), port);
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }

  public boolean tls() {
    return tls;
  }

  /** Same address, transport and expected identities: what a connection to one may serve. */
  @Override
  public boolean equals(@Nullable Object other) {
    if (this == other) {
      return true;
    }
    if (!(other instanceof Endpoint)) {
      return false;
    }
    Endpoint that = (Endpoint) other;
    // The transport is part of the name.
    return port == that.port && peerHost.equals(that.peerHost) && address.equals(that.address);
  }

  @Override
  public int hashCode() {
    return (31 * peerHost.hashCode() + address.hashCode()) * 31 + port;
  }

  @Override
  public String toString() {
    return address.getHostAddress() + ":" + port + (tls ? " (TLS)" : "");
  }
}
