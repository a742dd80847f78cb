package dev.weft.instrumentation.jetty;

import java.io.IOException;
import java.nio.channels.SelectableChannel;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.asm.Advice.AssignReturned;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.ServerConnector;
import org.jspecify.annotations.Nullable;

/**
 * On {@code newConnection} of a connector's selectors, for every connection that was accepted. The
 * enclosing connector is a private field because the selectors show it in no other way.
 */
final class AcceptAdvice {

  private AcceptAdvice() {}

  /** The connection to begin with; null to let the connector make it. */
  @Advice.OnMethodEnter(inline = false, skipOn = Advice.OnNonDefaultValue.class)
  static @Nullable Object enter(
      @Advice.FieldValue("this$0") ServerConnector connector,
      @Advice.Argument(0) SelectableChannel channel,
      @Advice.Argument(1) EndPoint endPoint)
      throws IOException {
    return SniffedConnection.accepted(connector, channel, endPoint);
  }

  @AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  @Advice.OnMethodExit(inline = false)
  static @Nullable Object exit(@Advice.Enter @Nullable Object entered) {
    return entered;
  }
}
