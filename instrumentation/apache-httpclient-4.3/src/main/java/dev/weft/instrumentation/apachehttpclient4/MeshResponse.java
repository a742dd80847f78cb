package dev.weft.instrumentation.apachehttpclient4;

import dev.weft.outbound.HeaderMutations;
import dev.weft.outbound.LocalReply;
import dev.weft.outbound.ResponseEnd;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.http.HttpEntity;
import org.apache.http.ProtocolVersion;
import org.apache.http.StatusLine;
import org.apache.http.client.methods.CloseableHttpResponse;
import org.apache.http.entity.ByteArrayEntity;
import org.apache.http.entity.HttpEntityWrapper;
import org.apache.http.impl.EnglishReasonPhraseCatalog;
import org.apache.http.message.BasicHttpResponse;
import org.apache.http.message.BasicStatusLine;
import org.apache.http.protocol.HTTP;
import org.apache.http.util.EntityUtils;

/** A response as the application gets it: from upstream, its end watched, or of the mesh. */
final class MeshResponse extends BasicHttpResponse implements CloseableHttpResponse {

  private final Closeable origin;

  private MeshResponse(StatusLine status, Closeable origin) {
    super(status);
    this.origin = origin;
  }

  static MeshResponse of(CloseableHttpResponse from, HeaderMutations headers, ResponseEnd end) {
    MeshResponse response =
        new MeshResponse(
            from.getStatusLine(),
            () -> {
              from.close();
              end.cancelled();
            });
    response.setHeaders(from.getAllHeaders());
    headers.apply(response::removeHeaders, response::setHeader, response::addHeader);
    HttpEntity entity = from.getEntity();
    if (entity == null || !entity.isStreaming() || entity.getContentLength() == 0) {
      response.setEntity(entity);
      end.completed();
    } else {
      response.setEntity(new WatchedEntity(entity, end));
    }
    return response;
  }

  static MeshResponse of(LocalReply reply, ProtocolVersion version) {
    String reason = EnglishReasonPhraseCatalog.INSTANCE.getReason(reply.status(), null);
    MeshResponse response =
        new MeshResponse(new BasicStatusLine(version, reply.status(), reason), () -> {});
    response.setHeader(HTTP.CONTENT_LEN, Integer.toString(reply.body().length));
    reply.headers().apply(response::removeHeaders, response::setHeader, response::addHeader);
    ByteArrayEntity entity = new ByteArrayEntity(reply.body());
    entity.setContentType(response.getFirstHeader(HTTP.CONTENT_TYPE));
    response.setEntity(entity);
    return response;
  }

  @Override
  public void close() throws IOException {
    origin.close();
  }

  /** Tells the end, whichever way the application takes the body. */
  private static final class WatchedEntity extends HttpEntityWrapper {

    private final ResponseEnd end;

    WatchedEntity(HttpEntity entity, ResponseEnd end) {
      super(entity);
      this.end = end;
    }

    @Override
    public InputStream getContent() throws IOException {
      return end.watch(super.getContent(), true);
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
      try (InputStream in = getContent()) {
        byte[] buffer = new byte[8192];
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
          out.write(buffer, 0, count);
        }
      }
    }

    @Override
    @Deprecated
    public void consumeContent() throws IOException {
      EntityUtils.consume(this);
    }
  }
}
