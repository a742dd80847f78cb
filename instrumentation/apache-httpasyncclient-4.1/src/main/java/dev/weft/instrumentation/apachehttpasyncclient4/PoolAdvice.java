package dev.weft.instrumentation.apachehttpasyncclient4;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.asm.Advice.AssignReturned.ToArguments;
import net.bytebuddy.asm.Advice.AssignReturned.ToArguments.ToArgument;
import net.bytebuddy.implementation.bytecode.assign.Assigner.Typing;
import org.apache.http.conn.routing.HttpRoute;
import org.apache.http.nio.pool.SocketAddressResolver;

/** On the constructor of the pool: the address of an endpoint is known, not looked up. */
final class PoolAdvice {

  private PoolAdvice() {}

  @ToArguments(@ToArgument(value = 2, typing = Typing.DYNAMIC))
  @Advice.OnMethodEnter(inline = false)
  static Object enter(@Advice.Argument(2) SocketAddressResolver<HttpRoute> resolver) {
    return new EndpointAddresses(resolver);
  }
}
