package dev.weft.instrumentation.pekko;

import dev.weft.bootstrap.Mesh;
import dev.weft.inbound.InboundCall;
import dev.weft.inbound.InboundMesh;
import dev.weft.inbound.InboundRequest;
import dev.weft.outbound.LocalReply;
import dev.weft.outbound.Outcome;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.ResponseEntity;
import org.jspecify.annotations.Nullable;

/** One request and what answers it, until the last byte of that was taken. */
final class Exchange {

  private final HttpRequest request;
  private final InboundCall call;
  private final AtomicBoolean ended = new AtomicBoolean();
  private volatile boolean revoked;
  private volatile int status;
  private volatile @Nullable Runnable breakBody;

  /**
   * What answers it; null until that is known. Of the thread of its connection, as what follows.
   */
  @Nullable HttpResponse answer;

  /** Waits until this one's body is over; null for nobody. */
  private @Nullable Exchange next;

  private boolean begun;

  private Exchange(HttpRequest request, InboundCall call) {
    this.request = request;
    this.call = call;
  }

  static Exchange open(HttpRequest request, InboundRequest view) {
    InboundCall call;
    try {
      call = Mesh.inbound().open(view);
    } catch (Throwable t) {
      Mesh.problem("inbound open", t);
      call = InboundMesh.PERMIT_ALL.open(view);
    }
    return new Exchange(request, call);
  }

  @Nullable CompletionStage<?> pending() {
    return call.pending();
  }

  /**
   * The request that the application shall see; null when it shall not, and {@link #answer} says
   * why.
   *
   * @param abort breaks it off, unless its body has begun; any thread
   */
  @Nullable HttpRequest admitted(Runnable abort) {
    try {
      LocalReply reply = call.reply();
      if (reply != null) {
        answer = Messages.of(reply);
        return null;
      }
      HttpRequest changed = Messages.changed(request, call.requestHeaders());
      call.onRevoked(() -> revoke(abort));
      return call.context().isEmpty()
          ? changed
          : changed.addAttribute(InContext.KEY, call.context());
    } catch (Throwable t) {
      // Decided and not done must not become let in.
      Mesh.problem("inbound verdict", t);
      answer = Messages.of(LocalReply.text(503, "no verdict", "-"));
      return null;
    }
  }

  private void revoke(Runnable abort) {
    revoked = true;
    Runnable body = breakBody;
    if (body != null) {
      body.run();
    } else {
      abort.run();
    }
  }

  HttpRequest request() {
    return request;
  }

  boolean isOver() {
    return ended.get();
  }

  /**
   * The response as it is to be sent: its body tells this exchange how it ends.
   *
   * @param before the response before it on this connection; null for none, and where they are
   *     independent of each other
   */
  HttpResponse sent(HttpResponse response, @Nullable Exchange before) {
    status = response.status().intValue();
    ResponseEntity entity = response.entity();
    ResponseEntity watched =
        entity.isStrict()
                || !response.status().allowsEntity()
                || request.method().value().equals("HEAD")
            ? null
            : Watch.over(entity, this);
    if (watched == null) {
      end(Outcome.COMPLETED);
      return response;
    }
    if (before != null && !before.isOver()) {
      before.next = this;
    }
    return response.withEntity(watched);
  }

  /**
   * The body begins.
   *
   * @param abort breaks it off; any thread
   * @return false when it must not
   */
  boolean begin(Runnable abort) {
    begun = true;
    breakBody = abort;
    return !revoked;
  }

  /** The connection sent a response of its own in the place of the application's. */
  void failed(int status) {
    this.status = status;
    end(status == 0 ? Outcome.FAILED : Outcome.COMPLETED);
  }

  /** Only the first call counts. */
  void end(Outcome outcome) {
    if (!ended.compareAndSet(false, true)) {
      return;
    }
    try {
      call.close(outcome, status);
    } catch (Throwable t) {
      Mesh.problem("inbound close", t);
    }
    Exchange waiting = next;
    if (waiting != null && outcome != Outcome.COMPLETED && !waiting.begun) {
      // Its connection is gone: nobody will ask for its body.
      waiting.end(outcome);
    }
  }
}
