package dev.weft.instrumentation.apachehttpclient5;

import dev.weft.outbound.HeaderMutations;
import dev.weft.outbound.LocalReply;
import dev.weft.outbound.ResponseEnd;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.io.entity.HttpEntityWrapper;
import org.apache.hc.core5.http.message.BasicClassicHttpResponse;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.io.Closer;
import org.apache.hc.core5.io.ModalCloseable;
import org.jspecify.annotations.Nullable;

/** A response as the application gets it: from upstream, its end watched, or of the mesh. */
final class MeshResponse extends BasicClassicHttpResponse implements ModalCloseable {

  private static final long serialVersionUID = 1;

  private final transient @Nullable Closeable origin;
  private final transient @Nullable ResponseEnd end;

  private MeshResponse(
      int status, @Nullable String reason, @Nullable Closeable origin, @Nullable ResponseEnd end) {
    super(status, reason);
    this.origin = origin;
    this.end = end;
  }

  static MeshResponse of(ClassicHttpResponse from, HeaderMutations headers, ResponseEnd end) {
    MeshResponse response = new MeshResponse(from.getCode(), from.getReasonPhrase(), from, end);
    response.setVersion(from.getVersion());
    response.setHeaders(from.getHeaders());
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

  static MeshResponse of(LocalReply reply) {
    MeshResponse response = new MeshResponse(reply.status(), null, null, null);
    head(response, reply);
    response.setEntity(new ByteArrayEntity(reply.body(), type(response)));
    return response;
  }

  /** Gives {@code response} the headers of {@code reply}. */
  static void head(HttpResponse response, LocalReply reply) {
    response.setHeader(HttpHeaders.CONTENT_LENGTH, reply.body().length);
    reply.headers().apply(response::removeHeaders, response::setHeader, response::addHeader);
  }

  static @Nullable ContentType type(HttpResponse response) {
    Header type = response.getFirstHeader(HttpHeaders.CONTENT_TYPE);
    return type == null ? null : ContentType.parseLenient(type.getValue());
  }

  @Override
  public void close() throws IOException {
    try {
      if (origin != null) {
        origin.close();
      }
    } finally {
      cancelled();
    }
  }

  @Override
  public void close(CloseMode mode) {
    if (origin instanceof ModalCloseable) {
      ((ModalCloseable) origin).close(mode);
    } else {
      Closer.closeQuietly(origin);
    }
    cancelled();
  }

  /** Without effect when the body was read to its end. */
  private void cancelled() {
    if (end != null) {
      end.cancelled();
    }
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
  }
}
