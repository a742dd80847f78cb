package dev.weft.instrumentation.netty;

import dev.weft.inbound.InboundRequest;
import io.netty.channel.Channel;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the engine sees of a request on HTTP/2. */
final class StreamView extends InboundRequest {

  private final Channel connection;
  private final Http2Headers headers;

  StreamView(Channel connection, Http2Headers headers) {
    this.connection = connection;
    this.headers = headers;
  }

  @Override
  public String method() {
    return text(headers.method(), "");
  }

  @Override
  public String scheme() {
    return Pipelines.hasOwnTls(connection.pipeline()) ? "https" : "http";
  }

  @Override
  public String authority() {
    String host = header("host");
    return text(headers.authority(), host == null ? "" : host);
  }

  @Override
  public String path() {
    String path = text(headers.path(), "/");
    return path.startsWith("/") ? path : "/" + path;
  }

  @Override
  public @Nullable String header(String name) {
    // gRPC's own headers know no other kind of name.
    List<CharSequence> values = headers.getAll(new AsciiString(name));
    if (values == null || values.isEmpty()) {
      return null;
    }
    return values.size() == 1 ? values.get(0).toString() : String.join(",", values);
  }

  @Override
  public @Nullable InetSocketAddress peerAddress() {
    return Pipelines.inet(connection.remoteAddress());
  }

  @Override
  public int localPort() {
    return Pipelines.localPort(connection);
  }

  private static String text(@Nullable CharSequence value, String absent) {
    return value == null ? absent : value.toString();
  }
}
