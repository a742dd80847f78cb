package dev.weft.instrumentation.nettyhttp;

import dev.weft.context.CallContext;
import dev.weft.outbound.AsyncExchange;
import dev.weft.outbound.Attempt;
import dev.weft.outbound.FailureKind;
import dev.weft.outbound.HeaderMutations;
import dev.weft.outbound.LocalReply;
import dev.weft.outbound.OutboundResponse;
import dev.weft.outbound.ResponseEnd;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** One request of the application, each attempt of which is a {@link Try}. */
final class RelayExchange implements AsyncExchange<Try, Integer> {

  final HttpRequest request;

  /** For whom it is sent. */
  final CallContext origin;

  final RequestBody body = new RequestBody();

  /** Settled when the answer begins to go to the application, or there is none. */
  final CompletableFuture<Integer> result = new CompletableFuture<>();

  private final Relay relay;
  private final ChannelPromise headPromise;
  private volatile @Nullable Try running;

  /** Of a request that passes through: set when its answer is over. */
  private final CompletableFuture<Integer> passed = new CompletableFuture<>();

  private boolean passing;
  private int passedStatus;
  private boolean told100;
  private boolean telling;
  private boolean begun;
  private boolean answered;

  RelayExchange(HttpRequest request, ChannelPromise headPromise, CallContext origin, Relay relay) {
    this.request = request;
    this.origin = origin;
    this.headPromise = headPromise;
    this.relay = relay;
  }

  @Override
  public CompletionStage<Try> send(Attempt attempt) {
    Try next = new Try(attempt, this, relay);
    running = next;
    relay.onLoop(
        () -> {
          try {
            next.start();
          } catch (Throwable t) {
            next.onEnd(t);
          }
        });
    return next.head;
  }

  @Override
  public CompletionStage<Integer> passThrough() {
    relay.onLoop(this::pass);
    return passed;
  }

  /** Sends it over the application's own connection. */
  void pass() {
    passing = true;
    relay.passThrough(this);
  }

  @Override
  public int status(Integer passed) {
    return passed;
  }

  @Override
  public OutboundResponse view(Try head) {
    return new ResponseView(head.response());
  }

  @Override
  public void discard(Try head) {
    relay.onLoop(head::discard);
  }

  @Override
  public CompletionStage<Integer> reply(LocalReply reply) {
    relay.onLoop(() -> relay.reply(this, reply));
    return CompletableFuture.completedFuture(reply.status());
  }

  @Override
  public CompletionStage<Integer> deliver(Try head, HeaderMutations headers, ResponseEnd end) {
    relay.onLoop(() -> head.deliver(headers, end));
    return CompletableFuture.completedFuture(head.response().status().code());
  }

  @Override
  public void abort() {
    relay.onLoop(
        () -> {
          Try attempt = running;
          if (attempt != null) {
            attempt.abort();
          }
          if (passing) {
            relay.channel().close();
          }
        });
  }

  @Override
  public FailureKind classify(Throwable failure) {
    return failure instanceof Unsent ? FailureKind.RESET_BEFORE_REQUEST : FailureKind.of(failure);
  }

  /** A failure from before the head of the request was written. */
  Throwable unsent(Throwable cause) {
    return FailureKind.of(cause) == FailureKind.CONNECT ? cause : new Unsent(cause);
  }

  @Nullable Try running() {
    return running;
  }

  void headSent() {
    RequestBody.succeed(headPromise);
  }

  /** Part of an answer before the answer; "continue" is told once, however often it is sent. */
  void informed(Object msg) {
    if (msg instanceof HttpResponse) {
      boolean isContinue = ((HttpResponse) msg).status().code() == 100;
      telling = !isContinue || !told100;
      told100 |= isContinue;
    }
    if (!telling) {
      ReferenceCountUtil.release(msg);
      return;
    }
    relay.fire(msg);
    if (msg instanceof LastHttpContent) {
      relay.fireReadComplete();
    }
  }

  /** Sees an answer on the application's own connection; whether it is over with it. */
  boolean sees(Object msg) {
    if (msg instanceof HttpResponse) {
      int status = ((HttpResponse) msg).status().code();
      passedStatus = status >= 200 || status == 101 ? status : 0;
    }
    if (passedStatus != 0 && msg instanceof LastHttpContent) {
      passed.complete(passedStatus);
      return true;
    }
    return false;
  }

  boolean isPassing() {
    return passing;
  }

  /** Whether this is the first time that it is asked. */
  boolean begin() {
    boolean first = !begun;
    begun = true;
    return first;
  }

  void setAnswered() {
    answered = true;
    if (!passing) {
      body.finish();
      RequestBody.succeed(headPromise);
    }
  }

  boolean isAnswered() {
    return answered;
  }

  /** Nothing of it is left to do, in either direction. */
  boolean isOver() {
    return answered && body.isWhole();
  }

  ChannelPromise headPromise() {
    return headPromise;
  }

  /** The application's connection is gone. */
  void cancel() {
    Try attempt = running;
    if (attempt != null) {
      attempt.cancelled();
    }
    result.cancel(true);
    fail(null);
  }

  void fail(@Nullable Throwable failure) {
    Throwable cause = failure == null ? new ClosedChannelException() : failure;
    body.fail(cause);
    RequestBody.fail(headPromise, cause);
  }

  private static final class Unsent extends IOException {
    private static final long serialVersionUID = 1;

    Unsent(Throwable cause) {
      super(cause.getMessage(), cause);
    }
  }
}
