package dev.weft.instrumentation.apachehttpasyncclient4;

import dev.weft.transport.Endpoint;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.apache.http.HttpHost;
import org.apache.http.conn.routing.HttpRoute;
import org.apache.http.nio.pool.SocketAddressResolver;

/** The address that a host of the mesh carries; others are looked up as ever. */
final class EndpointAddresses implements SocketAddressResolver<HttpRoute> {

  private final SocketAddressResolver<HttpRoute> own;

  EndpointAddresses(SocketAddressResolver<HttpRoute> own) {
    this.own = own;
  }

  @Override
  public SocketAddress resolveLocalAddress(HttpRoute route) throws IOException {
    return own.resolveLocalAddress(route);
  }

  @Override
  public SocketAddress resolveRemoteAddress(HttpRoute route) throws IOException {
    HttpHost target = route.getTargetHost();
    InetAddress address = target.getAddress();
    return address != null && Endpoint.isSynthetic(target.getHostName())
        ? new InetSocketAddress(address, target.getPort())
        : own.resolveRemoteAddress(route);
  }
}
