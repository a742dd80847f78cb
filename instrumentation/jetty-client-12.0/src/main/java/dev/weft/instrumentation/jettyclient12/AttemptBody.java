package dev.weft.instrumentation.jettyclient12;

import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.io.Content;
import org.jspecify.annotations.Nullable;

/** The body of a request for one attempt, whose failure is not that of the body. */
final class AttemptBody implements Request.Content {

  private final Request.Content body;
  private volatile @Nullable Throwable failure;

  AttemptBody(Request.Content body) {
    this.body = body;
  }

  @Override
  public Content.@Nullable Chunk read() {
    Throwable failed = failure;
    return failed == null ? body.read() : Content.Chunk.from(failed);
  }

  @Override
  public void demand(Runnable demand) {
    body.demand(demand);
  }

  @Override
  public void fail(Throwable cause) {
    failure = cause;
  }

  @Override
  public long getLength() {
    return body.getLength();
  }

  @Override
  public @Nullable String getContentType() {
    return body.getContentType();
  }

  @Override
  public boolean rewind() {
    return body.rewind();
  }
}
