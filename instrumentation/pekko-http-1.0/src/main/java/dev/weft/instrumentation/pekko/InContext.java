package dev.weft.instrumentation.pekko;

import dev.weft.context.CallContext;
import org.apache.pekko.http.javadsl.model.AttributeKey;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import scala.Function1;

/** The application's function from a request to a response, in the context of its request. */
final class InContext implements Function1<Object, Object> {

  static final AttributeKey<CallContext> KEY =
      AttributeKey.create(CallContext.KEY, CallContext.class);

  private final Function1<Object, Object> handler;

  InContext(Function1<Object, Object> handler) {
    this.handler = handler;
  }

  @Override
  public Object apply(Object request) {
    CallContext context =
        request instanceof HttpRequest
            ? ((HttpRequest) request).getAttribute(KEY).orElse(CallContext.NONE)
            : CallContext.NONE;
    CallContext before = context.attach();
    try {
      return handler.apply(request);
    } finally {
      CallContext.restore(before);
    }
  }

  @Override
  public String toString() {
    return handler.toString();
  }
}
