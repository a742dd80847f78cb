package dev.weft.outbound;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** What the driver does next for an {@link OutboundCall}. Immutable. */
public final class Directive {

  /** The kinds of directive; which accessors answer depends on it. */
  public enum Kind {
    /** Send {@link Directive#attempt()}, after {@link Directive#delayNanos()}. */
    SEND,
    /**
     * Answer the application with {@link Directive#reply()}, after {@link Directive#delayNanos()}.
     */
    REPLY,
    /** Hand over what the attempt gave, with {@link Directive#responseHeaders()} applied. */
    DELIVER,
    /** Send the request as if there were no agent. */
    PASS_THROUGH,
    /**
     * Wait for {@link Directive#ready()}, at most {@link Directive#delayNanos()}, and ask {@link
     * OutboundCall#start()} again: the policy of a host that is called for the first time is under
     * way. Given at most once per call.
     */
    AWAIT
  }

  private static final Directive PASS_THROUGH =
      new Directive(Kind.PASS_THROUGH, 0, null, null, HeaderMutations.NONE, null);
  private static final Directive DELIVER =
      new Directive(Kind.DELIVER, 0, null, null, HeaderMutations.NONE, null);

  private final Kind kind;
  private final long delayNanos;
  private final @Nullable Attempt attempt;
  private final @Nullable LocalReply reply;
  private final HeaderMutations responseHeaders;
  private final @Nullable CompletionStage<?> ready;

  private Directive(
      Kind kind,
      long delayNanos,
      @Nullable Attempt attempt,
      @Nullable LocalReply reply,
      HeaderMutations responseHeaders,
      @Nullable CompletionStage<?> ready) {
    this.kind = kind;
    this.delayNanos = delayNanos;
    this.attempt = attempt;
    this.reply = reply;
    this.responseHeaders = responseHeaders;
    this.ready = ready;
  }

  /** Send {@code attempt} after {@code delayNanos} (a retry's back-off or an injected delay). */
  public static Directive send(Attempt attempt, long delayNanos) {
    return new Directive(
        Kind.SEND,
        delayNanos,
        requireNonNull(attempt, "attempt"),
        null,
        HeaderMutations.NONE,
        null);
  }

  /** Answer {@code reply} after {@code delayNanos}. */
  public static Directive reply(LocalReply reply, long delayNanos) {
    return new Directive(
        Kind.REPLY, delayNanos, null, requireNonNull(reply, "reply"), HeaderMutations.NONE, null);
  }

  /** Hand over the response (changed as said) or the failure of the attempt that just ended. */
  public static Directive deliver(HeaderMutations responseHeaders) {
    return responseHeaders.isEmpty()
        ? DELIVER
        : new Directive(Kind.DELIVER, 0, null, null, responseHeaders, null);
  }

  public static Directive passThrough() {
    return PASS_THROUGH;
  }

  /** Wait for {@code ready} (however it completes), at most {@code maxNanos}, then start again. */
  public static Directive await(CompletionStage<?> ready, long maxNanos) {
    return new Directive(
        Kind.AWAIT, maxNanos, null, null, HeaderMutations.NONE, requireNonNull(ready, "ready"));
  }

  public Kind kind() {
    return kind;
  }

  /** How long to wait before doing it, or at most for AWAIT; nanoseconds, 0 for not at all. */
  public long delayNanos() {
    return delayNanos;
  }

  /** The attempt of SEND. */
  public Attempt attempt() {
    return requireNonNull(attempt, "attempt");
  }

  /** The reply of REPLY. */
  public LocalReply reply() {
    return requireNonNull(reply, "reply");
  }

  /** Changes to the headers of the response of DELIVER. */
  public HeaderMutations responseHeaders() {
    return responseHeaders;
  }

  /** What AWAIT waits for. */
  public CompletionStage<?> ready() {
    return requireNonNull(ready, "ready");
  }

  @Override
  public String toString() {
    return kind + (attempt != null ? " " + attempt : "") + (reply != null ? " " + reply : "");
  }
}
