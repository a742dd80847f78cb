package dev.weft.instrumentation.pekko;

import dev.weft.outbound.Outcome;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.http.javadsl.model.HttpMethods;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.stream.stage.AbstractInHandler;
import org.apache.pekko.stream.stage.AbstractOutHandler;
import org.apache.pekko.stream.stage.AsyncCallback;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.jspecify.annotations.Nullable;

/**
 * One connection. Responses leave in the order of their requests, those of the mesh among them; but
 * each for itself in HTTP/2, whose requests and responses have the number of their stream. All on
 * the connection's thread.
 */
final class GateLogic extends GraphStageLogic {

  private final Gate gate;
  private final Arrived connection;
  private final Streams streams = new Streams();

  /** Of HTTP/1.1, not answered, the oldest first. */
  private final Deque<Exchange> open = new ArrayDeque<>();

  /** Decided, for an application that has not asked yet. */
  private final Deque<HttpRequest> admitted = new ArrayDeque<>();

  /** Of a connection that has not asked yet. */
  private final Deque<Answer> answered = new ArrayDeque<>();

  private final AsyncCallback<Exchange> onDecided = createAsyncCallback(this::decided);
  private final AsyncCallback<Exchange> onRevoked = createAsyncCallback(this::revoked);
  private @Nullable Exchange last;
  private int undecided;

  /** A response that may leave. */
  private static final class Answer {
    final HttpResponse response;
    final @Nullable Exchange exchange;

    Answer(HttpResponse response, @Nullable Exchange exchange) {
      this.response = response;
      this.exchange = exchange;
    }
  }

  GateLogic(Gate gate, Arrived connection) {
    super(gate.shape());
    this.gate = gate;
    this.connection = connection;
    setHandler(gate.requestIn, new RequestIn());
    setHandler(gate.requestOut, new RequestOut());
    setHandler(gate.responseIn, new ResponseIn());
    setHandler(gate.responseOut, new ResponseOut());
  }

  /** Whoever is left will not be answered. */
  @Override
  public void postStop() {
    open.forEach(exchange -> exchange.end(Outcome.FAILED));
    streams.open().forEach(exchange -> exchange.end(Outcome.FAILED));
    for (Answer answer : answered) {
      if (answer.exchange != null) {
        answer.exchange.end(Outcome.FAILED);
      }
    }
  }

  // ---- requests

  private void arrived(HttpRequest arriving) {
    HttpRequest request = gate.http2 ? arriving : Messages.tidied(arriving, gate.showsTarget);
    String target = gate.http2 ? null : Messages.target(arriving);
    Exchange exchange = Exchange.open(request, new RequestView(request, connection, target));
    if (gate.http2) {
      streams.add(request, exchange);
    } else {
      open.add(exchange);
    }
    undecided++;
    CompletionStage<?> pending = exchange.pending();
    if (pending == null) {
      decided(exchange);
      return;
    }
    pending.whenComplete((result, failure) -> onDecided.invoke(exchange));
    if (gate.http2) {
      pullRequest();
    }
  }

  private void decided(Exchange exchange) {
    undecided--;
    HttpRequest request = exchange.admitted(() -> onRevoked.invoke(exchange));
    HttpResponse refusal = exchange.answer;
    if (request != null) {
      boolean hidesHead = gate.transparentHead && request.method().equals(HttpMethods.HEAD);
      admitted.add(hidesHead ? request.withMethod(HttpMethods.GET) : request);
    } else if (refusal != null) {
      if (gate.http2) {
        answered.add(
            new Answer(streams.refusal(refusal, exchange.request(), materializer()), exchange));
      } else {
        passOn();
      }
      sendNext();
    }
    deliverNext();
  }

  private void deliverNext() {
    if (!isClosed(gate.requestOut) && isAvailable(gate.requestOut)) {
      HttpRequest next = admitted.poll();
      if (next != null) {
        push(gate.requestOut, next);
      } else if (undecided == 0 || gate.http2) {
        pullRequest();
      }
    }
    if (isClosed(gate.requestIn) && undecided == 0 && admitted.isEmpty()) {
      complete(gate.requestOut);
    }
    completeResponses();
  }

  private void pullRequest() {
    if (!isClosed(gate.requestIn) && !hasBeenPulled(gate.requestIn)) {
      pull(gate.requestIn);
    }
  }

  private final class RequestIn extends AbstractInHandler {

    @Override
    public void onPush() {
      arrived(grab(gate.requestIn));
    }

    @Override
    public void onUpstreamFinish() {
      deliverNext();
    }

    @Override
    public void onUpstreamFailure(Throwable failure) {
      fail(gate.requestOut, failure);
    }
  }

  private final class RequestOut extends AbstractOutHandler {

    @Override
    public void onPull() {
      deliverNext();
    }

    @Override
    public void onDownstreamFinish(Throwable cause) {
      cancel(gate.requestIn, cause);
    }
  }

  // ---- responses

  private void answered(HttpResponse response) {
    if (gate.http2) {
      answered.add(new Answer(response, streams.remove(response)));
    } else {
      for (Exchange exchange : open) {
        if (exchange.answer == null) {
          exchange.answer = response;
          break;
        }
      }
      passOn();
    }
    sendNext();
  }

  /** Takes those that are answered, in the order of the requests. */
  private void passOn() {
    for (Exchange first = open.peek(); first != null && first.answer != null; first = open.peek()) {
      open.remove();
      answered.add(new Answer(first.answer, first));
    }
  }

  private void sendNext() {
    if (!isClosed(gate.responseOut) && isAvailable(gate.responseOut)) {
      Answer next = answered.poll();
      if (next != null) {
        Exchange exchange = next.exchange;
        push(
            gate.responseOut,
            exchange == null ? next.response : exchange.sent(next.response, last));
        last = gate.http2 ? null : exchange;
      } else if (!isClosed(gate.responseIn) && !hasBeenPulled(gate.responseIn)) {
        pull(gate.responseIn);
      }
    }
    completeResponses();
  }

  private void completeResponses() {
    if (isClosed(gate.responseIn) && undecided == 0 && answered.isEmpty()) {
      complete(gate.responseOut);
    }
  }

  private void revoked(Exchange exchange) {
    if (exchange.isOver()) {
      return;
    }
    exchange.end(Outcome.FAILED);
    failStage(Failures.unanswered());
  }

  private final class ResponseIn extends AbstractInHandler {

    @Override
    public void onPush() {
      answered(grab(gate.responseIn));
    }

    @Override
    public void onUpstreamFinish() {
      completeResponses();
    }

    @Override
    public void onUpstreamFailure(Throwable failure) {
      for (Exchange exchange : open) {
        if (exchange.answer == null) {
          exchange.failed(Failures.status(failure));
          break;
        }
      }
      fail(gate.responseOut, failure);
    }
  }

  private final class ResponseOut extends AbstractOutHandler {

    @Override
    public void onPull() {
      sendNext();
    }

    @Override
    public void onDownstreamFinish(Throwable cause) {
      cancel(gate.responseIn, cause);
    }
  }
}
