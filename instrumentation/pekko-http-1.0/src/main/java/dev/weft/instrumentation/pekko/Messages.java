package dev.weft.instrumentation.pekko;

import dev.weft.outbound.HeaderMutations;
import dev.weft.outbound.LocalReply;
import java.util.ArrayList;
import java.util.List;
import org.apache.pekko.http.javadsl.model.ContentType;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.StatusCode;
import org.apache.pekko.http.javadsl.model.StatusCodes;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;
import org.apache.pekko.http.javadsl.model.headers.RawRequestURI;
import org.jspecify.annotations.Nullable;

/** Requests and responses in the library's own words. */
final class Messages {

  private Messages() {}

  static HttpResponse of(LocalReply reply) {
    List<HttpHeader> headers = new ArrayList<>();
    List<ContentType> types = new ArrayList<>();
    reply
        .headers()
        .apply(
            name -> {},
            (name, value) -> add(headers, types, name, value),
            (name, value) -> add(headers, types, name, value));
    ContentType type =
        types.isEmpty() ? ContentTypes.APPLICATION_OCTET_STREAM : types.get(types.size() - 1);
    HttpResponse response = HttpResponse.create().withStatus(status(reply.status()));
    return (reply.body().length == 0 ? response : response.withEntity(type, reply.body()))
        .withHeaders(headers);
  }

  private static void add(
      List<HttpHeader> headers, List<ContentType> types, String name, String value) {
    if (name.equalsIgnoreCase("content-type")) {
      try {
        types.add(ContentTypes.parse(value));
      } catch (RuntimeException noType) {
        types.add(ContentTypes.APPLICATION_OCTET_STREAM);
      }
    } else if (!name.equalsIgnoreCase("content-length")) {
      headers.add(header(name, value));
    }
  }

  private static StatusCode status(int code) {
    return StatusCodes.lookup(code).orElseGet(() -> StatusCodes.custom(code, "", ""));
  }

  /** What it is to the application, if it is of a kind that the library knows. */
  private static HttpHeader header(String name, String value) {
    try {
      return HttpHeader.parse(name, value);
    } catch (RuntimeException malformed) {
      return RawHeader.create(name, value);
    }
  }

  /** Path and query as they arrived; null where the server does not keep them. */
  static @Nullable String target(HttpRequest request) {
    for (HttpHeader header : request.getHeaders()) {
      // What a client writes there is no header of this class.
      if (header instanceof RawRequestURI) {
        String target = ((RawRequestURI) header).uri();
        int authority = target.startsWith("/") ? -1 : target.indexOf("://");
        int path = authority < 0 ? 0 : target.indexOf('/', authority + 3);
        return path < 0 ? "/" : target.substring(path);
      }
    }
    return null;
  }

  /**
   * Without an upgrade to HTTP/2, which may be declined: whoever comes with HTTP/2 at once is
   * served by it.
   *
   * @param showsTarget whether it keeps the header that {@link #target} reads
   */
  static HttpRequest tidied(HttpRequest request, boolean showsTarget) {
    List<HttpHeader> headers = new ArrayList<>();
    boolean tidy = true;
    for (HttpHeader header : request.getHeaders()) {
      if ((!showsTarget && header instanceof RawRequestURI) || header.is("http2-settings")) {
        tidy = false;
      } else {
        headers.add(header);
      }
    }
    return tidy ? request : request.withHeaders(headers);
  }

  static HttpRequest changed(HttpRequest request, HeaderMutations changes) {
    if (changes.isEmpty()) {
      return request;
    }
    List<HttpHeader> headers = new ArrayList<>();
    request.getHeaders().forEach(headers::add);
    changes.apply(
        name -> remove(headers, name),
        (name, value) -> {
          remove(headers, name);
          headers.add(header(name, value));
        },
        (name, value) -> headers.add(header(name, value)));
    return request.withHeaders(headers);
  }

  private static void remove(List<HttpHeader> headers, String name) {
    headers.removeIf(header -> header.renderInRequests() && header.name().equalsIgnoreCase(name));
  }
}
