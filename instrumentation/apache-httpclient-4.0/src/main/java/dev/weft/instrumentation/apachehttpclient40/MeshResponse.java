package dev.weft.instrumentation.apachehttpclient40;

import dev.weft.outbound.LocalReply;
import dev.weft.outbound.ResponseEnd;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.http.HttpEntity;
import org.apache.http.HttpResponse;
import org.apache.http.ProtocolVersion;
import org.apache.http.entity.ByteArrayEntity;
import org.apache.http.entity.HttpEntityWrapper;
import org.apache.http.impl.EnglishReasonPhraseCatalog;
import org.apache.http.message.BasicHttpResponse;
import org.apache.http.protocol.HTTP;
import org.jspecify.annotations.Nullable;

/** A response as the application gets it: from upstream, its end watched, or of the mesh. */
final class MeshResponse {

  private MeshResponse() {}

  static void watch(HttpResponse response, ResponseEnd end) {
    HttpEntity entity = response.getEntity();
    if (entity == null || !entity.isStreaming() || entity.getContentLength() == 0) {
      end.completed();
    } else {
      response.setEntity(new WatchedEntity(entity, end));
    }
  }

  static HttpResponse of(LocalReply reply, ProtocolVersion version) {
    HttpResponse response =
        new BasicHttpResponse(
            version,
            reply.status(),
            EnglishReasonPhraseCatalog.INSTANCE.getReason(reply.status(), null));
    response.setHeader(HTTP.CONTENT_LEN, Integer.toString(reply.body().length));
    reply.headers().apply(response::removeHeaders, response::setHeader, response::addHeader);
    ByteArrayEntity entity = new ByteArrayEntity(reply.body());
    entity.setContentType(response.getFirstHeader(HTTP.CONTENT_TYPE));
    response.setEntity(entity);
    return response;
  }

  /** Tells the end, whichever way the application takes the body. */
  private static final class WatchedEntity extends HttpEntityWrapper {

    private final ResponseEnd end;
    private @Nullable InputStream content;

    WatchedEntity(HttpEntity entity, ResponseEnd end) {
      super(entity);
      this.end = end;
    }

    @Override
    public InputStream getContent() throws IOException {
      if (content == null) {
        content = end.watch(new Counted(super.getContent(), getContentLength(), end), true);
      }
      return content;
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
    public void consumeContent() throws IOException {
      getContent().close();
    }
  }

  /** HttpCore 4.0 gives a body that broke off for one that ended: the mesh is told the truth. */
  private static final class Counted extends FilterInputStream {

    private final long length;
    private final ResponseEnd end;
    private long count;

    /**
     * @param length negative when it is not known
     */
    Counted(InputStream in, long length, ResponseEnd end) {
      super(in);
      this.length = length;
      this.end = end;
    }

    @Override
    public int read() throws IOException {
      int value = super.read();
      seen(value < 0 ? -1 : 1);
      return value;
    }

    @Override
    public int read(byte[] buffer, int offset, int size) throws IOException {
      int read = super.read(buffer, offset, size);
      seen(read);
      return read;
    }

    private void seen(int read) {
      if (read >= 0) {
        count += read;
      } else if (count < length) {
        end.failed(new EOFException("the body ended after " + count + " of " + length + " bytes"));
      }
    }
  }
}
