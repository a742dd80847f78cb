package dev.weft.instrumentation.helidon;

import io.helidon.http.HttpPrologue;
import io.helidon.http.WritableHeaders;
import io.helidon.webserver.ConnectionContext;
import net.bytebuddy.asm.Advice;
import org.jspecify.annotations.Nullable;

/** On {@code Http1Upgrader.upgrade}: what is not upgraded is routed afterwards. */
final class UpgradeAdvice {

  private UpgradeAdvice() {}

  /** {@code true} to upgrade nothing. */
  @Advice.OnMethodEnter(inline = false, skipOn = Advice.OnNonDefaultValue.class)
  static boolean enter(
      @Advice.This Object upgrader,
      @Advice.Argument(0) ConnectionContext connection,
      @Advice.Argument(1) HttpPrologue prologue,
      @Advice.Argument(2) WritableHeaders<?> headers) {
    return LeftRequest.refusesUpgrade(upgrader, connection, prologue, headers);
  }

  @Advice.OnMethodExit(inline = false, onThrowable = Throwable.class)
  static void exit(
      @Advice.Argument(0) ConnectionContext connection,
      @Advice.Argument(1) HttpPrologue prologue,
      @Advice.Return @Nullable Object upgraded,
      @Advice.Thrown @Nullable Throwable thrown) {
    LeftRequest.upgraded(connection, prologue, upgraded != null, thrown);
  }
}
