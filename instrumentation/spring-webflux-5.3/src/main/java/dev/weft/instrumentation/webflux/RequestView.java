package dev.weft.instrumentation.webflux;

import dev.weft.outbound.OutboundRequest;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.reactive.function.client.ClientRequest;

/** A request as WebClient would send it, without what its connector adds. */
final class RequestView extends OutboundRequest {

  private final ClientRequest request;
  private final SentBody body;

  RequestView(ClientRequest request, SentBody body) {
    this.request = request;
    this.body = body;
  }

  @Override
  public String method() {
    return request.method().name();
  }

  @Override
  public String scheme() {
    return "http";
  }

  @Override
  public String authority() {
    String own = request.headers().getFirst("Host");
    URI uri = request.url();
    return own != null
        ? own
        : uri.getPort() < 0 ? uri.getHost() : uri.getHost() + ":" + uri.getPort();
  }

  @Override
  public int port() {
    int port = request.url().getPort();
    return port < 0 ? 80 : port;
  }

  @Override
  public String path() {
    URI uri = request.url();
    String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
    return uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery();
  }

  @Override
  public @Nullable String header(String name) {
    String value = Headers.joined(request.headers(), name);
    return value == null && name.equals("cookie") ? cookies() : value;
  }

  /** Cookies are kept beside the headers until they are sent. */
  private @Nullable String cookies() {
    List<String> pairs = new ArrayList<>();
    request
        .cookies()
        .forEach((name, values) -> values.forEach(value -> pairs.add(name + "=" + value)));
    return pairs.isEmpty() ? null : String.join("; ", pairs);
  }

  @Override
  public boolean isReplayable() {
    return body.isReplayable();
  }
}
