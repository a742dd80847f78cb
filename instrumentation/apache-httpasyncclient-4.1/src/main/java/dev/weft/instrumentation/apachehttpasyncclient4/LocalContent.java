package dev.weft.instrumentation.apachehttpasyncclient4;

import dev.weft.outbound.LocalReply;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.http.HttpException;
import org.apache.http.HttpResponse;
import org.apache.http.RequestLine;
import org.apache.http.entity.BasicHttpEntity;
import org.apache.http.impl.EnglishReasonPhraseCatalog;
import org.apache.http.message.BasicHttpResponse;
import org.apache.http.nio.ContentDecoder;
import org.apache.http.nio.IOControl;
import org.apache.http.nio.protocol.HttpAsyncClientExchangeHandler;
import org.apache.http.protocol.HTTP;

/**
 * A response of the mesh, given to the handler as if it came from a connection: as fast as the
 * application takes it. Thread-safe.
 */
final class LocalContent implements ContentDecoder, IOControl {

  private final HttpAsyncClientExchangeHandler handler;
  private final HttpResponse response;
  private final ByteBuffer bytes;
  private boolean suspended;
  private boolean running;

  LocalContent(HttpAsyncClientExchangeHandler handler, LocalReply reply, RequestLine request) {
    this.handler = handler;
    boolean bodiless = request.getMethod().equalsIgnoreCase("HEAD");
    this.bytes = ByteBuffer.wrap(bodiless ? new byte[0] : reply.body()).asReadOnlyBuffer();
    response =
        new BasicHttpResponse(
            request.getProtocolVersion(),
            reply.status(),
            EnglishReasonPhraseCatalog.INSTANCE.getReason(reply.status(), null));
    response.setHeader(HTTP.CONTENT_LEN, Integer.toString(reply.body().length));
    reply.headers().apply(response::removeHeaders, response::setHeader, response::addHeader);
    if (bytes.hasRemaining()) {
      BasicHttpEntity entity = new BasicHttpEntity();
      entity.setContentLength(bytes.remaining());
      entity.setContentType(response.getFirstHeader(HTTP.CONTENT_TYPE));
      response.setEntity(entity);
    }
  }

  HttpResponse response() {
    return response;
  }

  void deliver() throws IOException, HttpException {
    handler.responseReceived(response);
    if (bytes.hasRemaining()) {
      pump();
    } else {
      handler.responseCompleted();
    }
  }

  private void pump() throws IOException, HttpException {
    while (begin()) {
      handler.consumeContent(this, this);
      if (!bytes.hasRemaining()) {
        handler.responseCompleted();
        return;
      }
      if (handler.isDone()) {
        return;
      }
    }
  }

  /** Whether to go on; when not, {@link #requestInput} does. */
  private synchronized boolean begin() {
    running = !suspended;
    return running;
  }

  @Override
  public int read(ByteBuffer to) {
    if (!bytes.hasRemaining()) {
      return -1;
    }
    int count = Math.min(to.remaining(), bytes.remaining());
    ByteBuffer part = bytes.duplicate();
    part.limit(part.position() + count);
    to.put(part);
    bytes.position(bytes.position() + count);
    return count;
  }

  @Override
  public boolean isCompleted() {
    return !bytes.hasRemaining();
  }

  @Override
  public synchronized void suspendInput() {
    suspended = true;
  }

  @Override
  public void requestInput() {
    synchronized (this) {
      suspended = false;
      if (running) {
        return;
      }
      running = true;
    }
    try {
      pump();
    } catch (HttpException | IOException | RuntimeException e) {
      handler.failed(e);
    }
  }

  @Override
  public void requestOutput() {}

  @Override
  public void suspendOutput() {}

  @Override
  public void shutdown() {
    handler.failed(new IOException("the application ended this connection"));
  }
}
