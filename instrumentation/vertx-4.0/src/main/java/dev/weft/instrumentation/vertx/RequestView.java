package dev.weft.instrumentation.vertx;

import dev.weft.outbound.OutboundRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A request whose head the application is about to write. */
final class RequestView extends OutboundRequest {

  private final Head head;
  private final RequestBody body;

  RequestView(Head head, RequestBody body) {
    this.head = head;
    this.body = body;
  }

  @Override
  public String method() {
    return head.method.name();
  }

  @Override
  public String scheme() {
    return "http";
  }

  @Override
  public String authority() {
    String own = header("host");
    return own != null ? own : head.authority();
  }

  @Override
  public int port() {
    return head.port;
  }

  @Override
  public String path() {
    return head.uri.startsWith("/") ? head.uri : "/" + head.uri;
  }

  @Override
  public @Nullable String header(String name) {
    List<String> values = head.headers.getAll(name);
    return values.isEmpty() ? null : String.join(",", values);
  }

  @Override
  public boolean isReplayable() {
    return body.isReplayable();
  }
}
