package dev.weft.instrumentation.pekko;

import dev.weft.inbound.InboundRequest;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.OptionalLong;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.Uri;
import org.apache.pekko.http.scaladsl.model.Uri.Authority;
import org.apache.pekko.http.scaladsl.model.Uri.Path;
import org.jspecify.annotations.Nullable;

/** What the engine sees of a request. */
final class RequestView extends InboundRequest {

  private final HttpRequest request;
  private final Arrived connection;
  private final @Nullable String target;

  /**
   * @param target path and query as they arrived; null where they are known in parts only
   */
  RequestView(HttpRequest request, Arrived connection, @Nullable String target) {
    this.request = request;
    this.connection = connection;
    this.target = target;
  }

  @Override
  public String method() {
    return request.method().value();
  }

  @Override
  public String scheme() {
    String scheme = request.getUri().scheme();
    return scheme.equals("https") || scheme.equals("wss") ? "https" : "http";
  }

  @Override
  public String authority() {
    String host = header("host");
    if (host != null) {
      return host;
    }
    Authority authority = request.getUri().asScala().authority();
    String name = authority.host().toString();
    return authority.port() == 0 ? name : name + ":" + authority.port();
  }

  @Override
  public String path() {
    Uri uri = request.getUri();
    String path = target;
    if (path == null) {
      String query = uri.rawQueryString().orElse(null);
      path = query == null ? uri.path() : uri.path() + "?" + query;
    }
    return path.startsWith("/") ? path : "/" + path;
  }

  @Override
  public String dispatchPath() {
    StringBuilder decoded = new StringBuilder();
    for (Path path = request.getUri().asScala().path(); !path.isEmpty(); path = path.tail()) {
      decoded.append(path.head());
    }
    return decoded.toString();
  }

  @Override
  public @Nullable String header(String name) {
    String only = null;
    StringBuilder several = null;
    for (HttpHeader header : request.getHeaders()) {
      if (header.renderInRequests() && header.is(name)) {
        if (only == null) {
          only = header.value();
        } else {
          several = several == null ? new StringBuilder(only) : several;
          several.append(',').append(header.value());
        }
      }
    }
    if (only == null) {
      return ofEntity(name);
    }
    return several == null ? only : several.toString();
  }

  /** Headers that the server keeps with the body. */
  private @Nullable String ofEntity(String name) {
    if (name.equals("content-type")) {
      return request.entity().getContentType().equals(ContentTypes.NO_CONTENT_TYPE)
          ? null
          : request.entity().getContentType().toString();
    }
    if (name.equals("content-length")) {
      OptionalLong length = request.entity().getContentLengthOption();
      return length.isPresent() && length.getAsLong() > 0
          ? Long.toString(length.getAsLong())
          : null;
    }
    return null;
  }

  @Override
  public Collection<String> headerNames() {
    List<String> names = new ArrayList<>();
    for (HttpHeader header : request.getHeaders()) {
      if (header.renderInRequests()) {
        names.add(header.lowercaseName());
      }
    }
    for (String name : new String[] {"content-type", "content-length"}) {
      if (ofEntity(name) != null) {
        names.add(name);
      }
    }
    return names;
  }

  @Override
  public @Nullable InetSocketAddress peerAddress() {
    return connection.peer;
  }

  @Override
  public int localPort() {
    return connection.localPort;
  }
}
