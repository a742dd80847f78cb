package dev.weft.instrumentation.pekko;

import java.util.Objects;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.BidiShape;
import org.apache.pekko.stream.Inlet;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.scaladsl.BidiFlow;
import org.apache.pekko.stream.scaladsl.BidiFlow$;
import org.apache.pekko.stream.scaladsl.Keep$;
import org.apache.pekko.stream.stage.GraphStage;
import org.apache.pekko.stream.stage.GraphStageLogic;

/** A layer of a server through which all requests of a connection pass, and their responses. */
final class Gate
    extends GraphStage<BidiShape<HttpResponse, HttpResponse, HttpRequest, HttpRequest>> {

  final Inlet<HttpResponse> responseIn = Inlet.create("Weft.responseIn");
  final Outlet<HttpResponse> responseOut = Outlet.create("Weft.responseOut");
  final Inlet<HttpRequest> requestIn = Inlet.create("Weft.requestIn");
  final Outlet<HttpRequest> requestOut = Outlet.create("Weft.requestOut");
  final boolean http2;

  /** Whether the application asked for the target of a request among its headers. */
  final boolean showsTarget;

  /** Whether it sees a HEAD as a GET. */
  final boolean transparentHead;

  private final BidiShape<HttpResponse, HttpResponse, HttpRequest, HttpRequest> shape =
      BidiShape.of(responseIn, responseOut, requestIn, requestOut);

  private Gate(boolean http2, boolean showsTarget, boolean transparentHead) {
    this.http2 = http2;
    this.showsTarget = showsTarget;
    this.transparentHead = transparentHead;
  }

  /**
   * @param layer the one below, of HTTP/1.1
   */
  static BidiFlow<?, ?, ?, ?, ?> over(
      BidiFlow<?, ?, ?, ?, ?> layer, boolean showsTarget, boolean transparentHead) {
    return new Gate(false, showsTarget, transparentHead).atop(layer);
  }

  static BidiFlow<?, ?, ?, ?, ?> overHttp2(BidiFlow<?, ?, ?, ?, ?> layers) {
    return new Gate(true, true, false).atop(layers);
  }

  /** With what the layer below materializes to. */
  @SuppressWarnings({"unchecked", "rawtypes"}) // The layers' types are known to the hooks only.
  private BidiFlow<?, ?, ?, ?, ?> atop(BidiFlow layer) {
    BidiFlow gate = BidiFlow$.MODULE$.fromGraph(this);
    return gate.atopMat(layer, Keep$.MODULE$.right());
  }

  @Override
  public BidiShape<HttpResponse, HttpResponse, HttpRequest, HttpRequest> shape() {
    return shape;
  }

  @Override
  public GraphStageLogic createLogic(Attributes inherited) {
    Arrived connection = inherited.getAttribute(Arrived.class).orElse(Arrived.UNKNOWN);
    return new GateLogic(this, Objects.requireNonNull(connection));
  }
}
