package dev.weft.instrumentation.okhttp;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.asm.Advice.AssignReturned.ToReturned;
import net.bytebuddy.implementation.bytecode.assign.Assigner.Typing;
import okhttp3.Address;
import org.jspecify.annotations.Nullable;

/** On the methods that make an {@link Address}: during an attempt it leads to its endpoint. */
final class AddressAdvice {

  private AddressAdvice() {}

  @ToReturned(typing = Typing.DYNAMIC)
  @Advice.OnMethodExit(inline = false)
  static @Nullable Object exit(@Advice.Return Address address) {
    Binding binding = Binding.current();
    return binding == null ? null : binding.redirect(address);
  }
}
