package dev.weft.instrumentation.nettyhttp;

import dev.weft.outbound.OutboundResponse;
import io.netty.handler.codec.http.HttpResponse;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The head of a response as it arrived. */
final class ResponseView extends OutboundResponse {

  private final HttpResponse response;

  ResponseView(HttpResponse response) {
    this.response = response;
  }

  @Override
  public int status() {
    return response.status().code();
  }

  @Override
  public @Nullable String header(String name) {
    List<String> values = response.headers().getAll(name);
    return values.isEmpty() ? null : String.join(",", values);
  }
}
