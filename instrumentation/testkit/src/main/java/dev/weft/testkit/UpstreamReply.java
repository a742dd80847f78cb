package dev.weft.testkit;

import static java.util.Objects.requireNonNull;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** One answer of a {@link ScriptedUpstream}, good or bad. */
public final class UpstreamReply {

  enum Ending {
    /** The reply is complete; the connection stays open. */
    COMPLETE,
    /** Nothing is answered; the connection is closed. */
    CLOSE_BEFORE_HEAD,
    /** Nothing is answered; the connection stays open. */
    HANG_BEFORE_HEAD,
    /** The connection is closed in the middle of the body. */
    CLOSE_IN_BODY,
    /** The body stops in its middle until {@link #release}. */
    PAUSE_IN_BODY
  }

  final int status;
  final List<String> headers = new ArrayList<>();
  final byte[] body;
  final Ending ending;
  volatile boolean closes;
  private final CountDownLatch released = new CountDownLatch(1);

  private UpstreamReply(int status, byte[] body, Ending ending) {
    this.status = status;
    this.body = body;
    this.ending = ending;
  }

  public static UpstreamReply of(int status, String body) {
    return new UpstreamReply(status, body.getBytes(StandardCharsets.UTF_8), Ending.COMPLETE);
  }

  public static UpstreamReply ok(String body) {
    return of(200, body);
  }

  /** Reads the request and closes the connection without an answer. */
  public static UpstreamReply closeBeforeHead() {
    return new UpstreamReply(0, new byte[0], Ending.CLOSE_BEFORE_HEAD);
  }

  /** Reads the request and never answers. */
  public static UpstreamReply hang() {
    return new UpstreamReply(0, new byte[0], Ending.HANG_BEFORE_HEAD);
  }

  /** Sends the head, half of {@code body}, and closes the connection. */
  public static UpstreamReply closeInBody(byte[] body) {
    return new UpstreamReply(200, requireNonNull(body, "body"), Ending.CLOSE_IN_BODY);
  }

  /** Sends the head and half of {@code body}; the rest after {@link #release}. */
  public static UpstreamReply pauseInBody(byte[] body) {
    return new UpstreamReply(200, requireNonNull(body, "body"), Ending.PAUSE_IN_BODY);
  }

  public UpstreamReply header(String name, String value) {
    headers.add(name + ": " + value);
    return this;
  }

  /** Closes the connection after the reply. */
  public UpstreamReply thenClose() {
    closes = true;
    return this;
  }

  /** Lets a paused body go on. */
  public void release() {
    released.countDown();
  }

  void awaitRelease() throws InterruptedException {
    released.await();
  }

  @Nullable String length(String method) {
    // 204 and 304 have no body; HEAD names the length of the one that GET would have.
    return status == 204 || (status == 304 && !method.equals("HEAD"))
        ? null
        : "Content-Length: " + body.length;
  }

  boolean hasBody(String method) {
    return !method.equals("HEAD") && status != 204 && status != 304;
  }
}
