package dev.weft.instrumentation.pekko;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.asm.Advice.AssignReturned.ToArguments;
import net.bytebuddy.asm.Advice.AssignReturned.ToArguments.ToArgument;
import net.bytebuddy.implementation.bytecode.assign.Assigner.Typing;
import org.apache.pekko.http.javadsl.settings.ServerSettings;
import org.apache.pekko.stream.scaladsl.BidiFlow;
import org.jspecify.annotations.Nullable;

/** On {@code requestPreparation}, the layer of HTTP/1.1 above which a request is whole. */
final class PreparationAdvice {

  private PreparationAdvice() {}

  /** The gate itself shows the application a HEAD as a GET, but not before it was decided. */
  @ToArguments(@ToArgument(value = 0, typing = Typing.DYNAMIC))
  @Advice.OnMethodEnter(inline = false)
  static @Nullable Object enter(@Advice.Argument(0) ServerSettings settings) {
    return settings.getTransparentHeadRequests()
        ? settings.withTransparentHeadRequests(false)
        : null;
  }

  @Advice.AssignReturned.ToReturned(typing = Typing.DYNAMIC)
  @Advice.OnMethodExit(inline = false)
  static @Nullable Object exit(
      @Advice.Argument(0) ServerSettings settings,
      @Advice.Enter @Nullable Object transparent,
      @Advice.Return @Nullable BidiFlow<?, ?, ?, ?, ?> layer) {
    return layer == null
        ? null
        : Gate.over(layer, settings.getRawRequestUriHeader(), transparent != null);
  }
}
