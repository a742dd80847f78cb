package dev.weft.instrumentation.pekko;

import dev.weft.outbound.Outcome;
import org.apache.pekko.http.javadsl.model.ResponseEntity;
import org.apache.pekko.http.scaladsl.model.HttpEntity;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.FlowShape;
import org.apache.pekko.stream.Inlet;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.scaladsl.Source;
import org.apache.pekko.stream.stage.AbstractInOutHandler;
import org.apache.pekko.stream.stage.AsyncCallback;
import org.apache.pekko.stream.stage.GraphStage;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.jspecify.annotations.Nullable;

/** Lets the body of a response through, tells its end, and breaks it off when told to. */
final class Watch<T> extends GraphStage<FlowShape<T, T>> {

  private final Inlet<T> in = Inlet.create("Weft.bodyIn");
  private final Outlet<T> out = Outlet.create("Weft.bodyOut");
  private final FlowShape<T, T> shape = FlowShape.of(in, out);
  private final Exchange exchange;

  private Watch(Exchange exchange) {
    this.exchange = exchange;
  }

  /** Null for a kind that is none of a response that is streamed. */
  static @Nullable ResponseEntity over(ResponseEntity entity, Exchange exchange) {
    if (entity instanceof HttpEntity.Chunked) {
      HttpEntity.Chunked chunked = (HttpEntity.Chunked) entity;
      return new HttpEntity.Chunked(chunked.contentType(), watched(chunked.chunks(), exchange));
    }
    if (entity instanceof HttpEntity.Default) {
      HttpEntity.Default whole = (HttpEntity.Default) entity;
      return new HttpEntity.Default(
          whole.contentType(), whole.contentLength(), watched(whole.data(), exchange));
    }
    if (entity instanceof HttpEntity.CloseDelimited) {
      HttpEntity.CloseDelimited open = (HttpEntity.CloseDelimited) entity;
      return new HttpEntity.CloseDelimited(open.contentType(), watched(open.data(), exchange));
    }
    return null;
  }

  private static <T> Source<T, Object> watched(Source<T, Object> data, Exchange exchange) {
    return data.via(new Watch<T>(exchange));
  }

  @Override
  public FlowShape<T, T> shape() {
    return shape;
  }

  @Override
  public GraphStageLogic createLogic(Attributes inherited) {
    return new Logic();
  }

  private final class Logic extends GraphStageLogic {

    Logic() {
      super(shape);
      setHandlers(in, out, new Handler());
    }

    @Override
    public void preStart() {
      AsyncCallback<String> abort = createAsyncCallback(this::abort);
      if (!exchange.begin(() -> abort.invoke("revoked"))) {
        abort("revoked");
      }
    }

    private void abort(String reason) {
      exchange.end(Outcome.FAILED);
      failStage(new Revoked());
    }

    @Override
    public void postStop() {
      exchange.end(Outcome.FAILED);
    }

    private final class Handler extends AbstractInOutHandler {

      @Override
      public void onPush() {
        push(out, grab(in));
      }

      @Override
      public void onPull() {
        pull(in);
      }

      @Override
      public void onUpstreamFinish() {
        exchange.end(Outcome.COMPLETED);
        completeStage();
      }

      @Override
      public void onDownstreamFinish(Throwable cause) {
        exchange.end(Outcome.FAILED);
        cancelStage(cause);
      }
    }
  }
}
