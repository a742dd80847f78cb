package dev.weft.instrumentation.armeria;

import com.linecorp.armeria.client.ClientRequestContext;
import com.linecorp.armeria.client.HttpClient;
import com.linecorp.armeria.common.HttpRequest;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;

/** Sends a request through the mesh that nobody decided yet. */
final class ExecuteAdvice {

  private ExecuteAdvice() {}

  @Advice.OnMethodEnter(inline = false, skipOn = Advice.OnNonDefaultValue.class)
  static @Nullable Object enter(
      @Advice.This HttpClient client,
      @Advice.Argument(value = 0, typing = Assigner.Typing.DYNAMIC)
          @Nullable ClientRequestContext context,
      @Advice.Argument(value = 1, typing = Assigner.Typing.DYNAMIC) @Nullable HttpRequest request) {
    return context == null || request == null
        ? null
        : ArmeriaExchange.takeOver(client, context, request);
  }

  @Advice.OnMethodExit(inline = false)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  static @Nullable Object exit(@Advice.Enter @Nullable Object response) {
    return response;
  }
}
