package dev.weft.instrumentation.pekko;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.asm.Advice.AssignReturned.ToArguments;
import net.bytebuddy.asm.Advice.AssignReturned.ToArguments.ToArgument;
import net.bytebuddy.implementation.bytecode.assign.Assigner.Typing;
import org.apache.pekko.http.javadsl.settings.ServerSettings;
import org.jspecify.annotations.Nullable;

/** On {@code parsing}: requests keep their target as it arrived, for the gate to see. */
final class ParsingAdvice {

  private ParsingAdvice() {}

  @ToArguments(@ToArgument(value = 0, typing = Typing.DYNAMIC))
  @Advice.OnMethodEnter(inline = false)
  static @Nullable Object enter(@Advice.Argument(0) ServerSettings settings) {
    return settings.getRawRequestUriHeader() ? null : settings.withRawRequestUriHeader(true);
  }
}
