package dev.weft.instrumentation.vertx;

import dev.weft.context.CallContext;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The {@link CallContext} that a context of Vert.x carries among its local data, as its copy for
 * one request does.
 */
final class Locals {

  private Locals() {}

  /** A copy of a context was made by the code of a request: it works for that request. */
  static void made(Object copy) {
    CallContext current = CallContext.current();
    if (!current.isEmpty()) {
      Members.locals(copy).put(CallContext.KEY, current);
    }
  }

  /** This thread works for {@code context} from now on. */
  static void begun(@Nullable Object context) {
    CallContext carried = of(context);
    if (!carried.isEmpty()) {
      carried.attach();
    }
  }

  /** This thread goes back to what it worked for before its current context. */
  static void ending(@Nullable Object previous) {
    Context current = Vertx.currentContext();
    CallContext carried = of(current);
    // Not what somebody else made the current one.
    if (!carried.isEmpty() && carried.equals(CallContext.current())) {
      CallContext.restore(of(previous));
    }
  }

  private static CallContext of(@Nullable Object context) {
    if (context == null) {
      return CallContext.NONE;
    }
    Map<Object, Object> locals = Members.locals(context);
    Object carried = locals.isEmpty() ? null : locals.get(CallContext.KEY);
    return carried instanceof CallContext ? (CallContext) carried : CallContext.NONE;
  }
}
