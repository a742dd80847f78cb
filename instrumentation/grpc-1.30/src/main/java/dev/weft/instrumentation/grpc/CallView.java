package dev.weft.instrumentation.grpc;

import dev.weft.outbound.OutboundRequest;
import io.grpc.Metadata;
import org.jspecify.annotations.Nullable;

/** A call as it would look on HTTP/2. */
final class CallView extends OutboundRequest {

  private final MeshClientCall<?, ?> call;
  private final String authority;
  private final int port;
  private final String path;
  private final Metadata headers;

  CallView(MeshClientCall<?, ?> call, String authority, int port, String method, Metadata headers) {
    this.call = call;
    this.authority = authority;
    this.port = port;
    this.path = "/" + method;
    this.headers = headers;
  }

  @Override
  public String method() {
    return "POST";
  }

  @Override
  public String scheme() {
    return "http";
  }

  @Override
  public String authority() {
    return authority;
  }

  @Override
  public int port() {
    return port;
  }

  @Override
  public String path() {
    return path;
  }

  @Override
  public @Nullable String header(String name) {
    switch (name) {
      case "content-type":
        return "application/grpc";
      case "te":
        return "trailers";
      case "grpc-timeout":
        return call.timeout();
      default:
        return Headers.get(headers, name);
    }
  }

  @Override
  public boolean isReplayable() {
    return call.isReplayable();
  }
}
