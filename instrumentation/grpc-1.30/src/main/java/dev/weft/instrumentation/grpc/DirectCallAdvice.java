package dev.weft.instrumentation.grpc;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;

/**
 * An attempt does not wait for the name resolver, nor is it sent more than once because of what
 * that says of retries: where it goes and how often is the mesh's to decide.
 */
final class DirectCallAdvice {

  private DirectCallAdvice() {}

  @Advice.OnMethodEnter(inline = false, skipOn = Advice.OnNonDefaultValue.class)
  static @Nullable Object enter(
      @Advice.FieldValue("clientCallImplChannel") Channel direct,
      @Advice.Argument(0) MethodDescriptor<?, ?> method,
      @Advice.Argument(1) CallOptions options) {
    return options.getOption(Destination.KEY) == null ? null : direct.newCall(method, options);
  }

  @Advice.OnMethodExit(inline = false)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  static @Nullable Object exit(@Advice.Enter @Nullable Object call) {
    return call;
  }
}
