package dev.weft.tooling.hooked;

import library.Name;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner.Typing;
import org.jspecify.annotations.Nullable;

/** Answers for Bob without calling the library, and changes the argument for everybody else. */
final class ReplaceAdvice {

  private ReplaceAdvice() {}

  @Advice.OnMethodEnter(inline = false, skipOn = Advice.OnNonDefaultValue.class)
  static @Nullable Object enter(@Advice.Argument(0) Name name) {
    return name.text.equals("bob") ? new Answer("no bob") : null;
  }

  @Advice.AssignReturned.ToReturned(typing = Typing.DYNAMIC)
  @Advice.OnMethodExit(inline = false)
  static @Nullable Object exit(
      @Advice.Enter @Nullable Object answer,
      @Advice.Return(typing = Typing.DYNAMIC) @Nullable Object returned) {
    return answer == null ? returned + "!" : ((Answer) answer).text;
  }

  /** The adapter's own type, which the library's class loader does not see. */
  static final class Answer {
    final String text;

    Answer(String text) {
      this.text = text;
    }
  }
}
