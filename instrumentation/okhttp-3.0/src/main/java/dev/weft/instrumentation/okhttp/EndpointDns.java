package dev.weft.instrumentation.okhttp;

import dev.weft.transport.Endpoint;
import java.net.InetAddress;
import java.util.Collections;
import java.util.List;
import okhttp3.Connection;
import okhttp3.Dns;
import org.jspecify.annotations.Nullable;

/**
 * Resolves every name to one endpoint. The library compares it when it looks for a connection in
 * its pool: equal for equal endpoints.
 */
final class EndpointDns implements Dns {

  private final Endpoint endpoint;

  EndpointDns(Endpoint endpoint) {
    this.endpoint = endpoint;
  }

  /** Where a connection leads; null when the mesh did not make it. */
  static @Nullable EndpointDns of(Connection connection) {
    Dns dns = connection.route().address().dns();
    return dns instanceof EndpointDns ? (EndpointDns) dns : null;
  }

  @Override
  public List<InetAddress> lookup(String hostname) {
    return Collections.singletonList(endpoint.address());
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof EndpointDns && ((EndpointDns) other).endpoint.equals(endpoint);
  }

  @Override
  public int hashCode() {
    return endpoint.hashCode();
  }
}
