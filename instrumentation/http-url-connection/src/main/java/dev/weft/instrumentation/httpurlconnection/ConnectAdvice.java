package dev.weft.instrumentation.httpurlconnection;

import java.io.IOException;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;

/** Connects to the endpoint of the attempt that runs, in place of the address in its URL. */
final class ConnectAdvice {

  private ConnectAdvice() {}

  /** The socket, or the failure to connect; null leaves the connect to the JDK. */
  @Advice.OnMethodEnter(inline = false, skipOn = Advice.OnNonDefaultValue.class)
  static @Nullable Object enter(
      @Advice.This Object client,
      @Advice.Argument(0) String host,
      @Advice.Argument(1) int port,
      @Advice.FieldValue("connectTimeout") int connectTimeout,
      @Advice.FieldValue("readTimeout") int readTimeout) {
    Route route = Route.to(host, port);
    if (route == null) {
      return null;
    }
    try {
      return route.connect(client, connectTimeout, readTimeout);
    } catch (IOException | RuntimeException failure) {
      return failure;
    }
  }

  @Advice.OnMethodExit(inline = false, onThrowable = Throwable.class)
  @Advice.AssignReturned.ToReturned(index = 0, typing = Assigner.Typing.DYNAMIC)
  @Advice.AssignReturned.ToThrown(index = 1, typing = Assigner.Typing.DYNAMIC)
  static Object @Nullable [] exit(@Advice.Enter @Nullable Object connected) {
    if (connected == null) {
      return null;
    }
    return connected instanceof Throwable
        ? new Object[] {null, connected}
        : new Object[] {connected, null};
  }
}
