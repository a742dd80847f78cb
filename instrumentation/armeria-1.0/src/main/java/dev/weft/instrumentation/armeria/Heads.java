package dev.weft.instrumentation.armeria;

import com.linecorp.armeria.client.ClientOptions;
import com.linecorp.armeria.client.ClientRequestContext;
import com.linecorp.armeria.client.Endpoint;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpHeaders;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.RequestHeadersBuilder;
import dev.weft.outbound.Attempt;
import io.netty.util.AsciiString;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Headers of a request: its own, those that its context adds, and the client's defaults. */
final class Heads {

  private Heads() {}

  static HttpHeaders defaults(ClientRequestContext context) {
    return context.options().get(ClientOptions.HEADERS);
  }

  static @Nullable String joined(HttpHeaders headers, String name) {
    List<String> values = headers.getAll(name);
    return values.isEmpty() ? null : String.join(",", values);
  }

  /** What the request carries as its authority, whoever set it. */
  static String authority(ClientRequestContext context, HttpRequest request, Endpoint endpoint) {
    String added = authority(context.additionalRequestHeaders());
    String own = added != null ? added : authority(request.headers());
    String any = own != null ? own : authority(defaults(context));
    return any != null ? any : endpoint.authority();
  }

  private static @Nullable String authority(HttpHeaders headers) {
    String authority = headers.get(HttpHeaderNames.AUTHORITY);
    return authority != null ? authority : headers.get(HttpHeaderNames.HOST);
  }

  /**
   * What to send in {@code attempt}: everything that the context adds is in it, so that the attempt
   * has the last word.
   *
   * @param authority of the request
   */
  static RequestHeaders of(
      HttpRequest request, HttpHeaders added, String authority, Attempt attempt) {
    RequestHeadersBuilder headers = request.headers().toBuilder();
    for (AsciiString name : added.names()) {
      if (name.charAt(0) != ':') {
        headers.set(name, added.getAll(name));
      }
    }
    headers.remove(HttpHeaderNames.HOST);
    String other = attempt.authority();
    headers.authority(other != null ? other : authority);
    String path = attempt.path();
    if (path != null) {
      headers.path(path);
    }
    attempt
        .requestHeaders()
        .apply(
            headers::remove,
            (name, value) -> headers.set(name, value),
            (name, value) -> headers.add(name, value));
    return headers.build();
  }
}
