package dev.weft.instrumentation.armeria;

import com.linecorp.armeria.client.ClientRequestContext;
import com.linecorp.armeria.client.Endpoint;
import com.linecorp.armeria.common.HttpRequest;
import dev.weft.outbound.OutboundRequest;
import org.jspecify.annotations.Nullable;

/** A request as all decorators left it. */
final class RequestView extends OutboundRequest {

  private final ClientRequestContext context;
  private final HttpRequest request;
  private final Endpoint endpoint;
  private final Body body;

  RequestView(ClientRequestContext context, HttpRequest request, Endpoint endpoint, Body body) {
    this.context = context;
    this.request = request;
    this.endpoint = endpoint;
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
    return Heads.authority(context, request, endpoint);
  }

  @Override
  public int port() {
    return endpoint.port(context.sessionProtocol().defaultPort());
  }

  @Override
  public String path() {
    String path = request.path();
    return path.startsWith("/") ? path : "/" + path;
  }

  @Override
  public @Nullable String header(String name) {
    String added = Heads.joined(context.additionalRequestHeaders(), name);
    String own = added != null ? added : Heads.joined(request.headers(), name);
    return own != null ? own : Heads.joined(Heads.defaults(context), name);
  }

  @Override
  public boolean isReplayable() {
    return body.isReplayable();
  }
}
