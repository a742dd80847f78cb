package dev.weft.instrumentation.okhttp;

import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import okhttp3.Call;
import okhttp3.Interceptor;
import okhttp3.RequestBody;
import org.jspecify.annotations.Nullable;

/** Public members that the oldest versions do not have, each with what is done without it. */
final class NewerMembers {

  /** From 3.14. */
  private static final @Nullable MethodHandle IS_ONE_SHOT =
      find(RequestBody.class, "isOneShot", boolean.class);

  /** From 3.14. */
  private static final @Nullable MethodHandle IS_DUPLEX =
      find(RequestBody.class, "isDuplex", boolean.class);

  /** From 3.9. */
  private static final @Nullable MethodHandle CALL =
      find(Interceptor.Chain.class, "call", Call.class);

  private NewerMembers() {}

  /** Without the members that say so: whether the body knows its length, as stored ones do. */
  static boolean isReplayable(RequestBody body) {
    try {
      if (IS_ONE_SHOT == null || IS_DUPLEX == null) {
        return body.contentLength() >= 0;
      }
      boolean once = (boolean) IS_ONE_SHOT.invokeExact(body);
      return !once && !(boolean) IS_DUPLEX.invokeExact(body);
    } catch (IOException e) {
      return false;
    } catch (Throwable t) {
      throw new IllegalStateException(t);
    }
  }

  /** The call that a chain works for; null where the library does not tell. */
  static @Nullable Call call(Interceptor.Chain chain) {
    try {
      return CALL == null ? null : (Call) CALL.invokeExact(chain);
    } catch (Throwable t) {
      throw new IllegalStateException(t);
    }
  }

  private static @Nullable MethodHandle find(Class<?> type, String name, Class<?> result) {
    try {
      return MethodHandles.publicLookup().findVirtual(type, name, MethodType.methodType(result));
    } catch (ReflectiveOperationException e) {
      return null;
    }
  }
}
