package dev.weft.instrumentation.apachehttpclient5;

import java.net.InetSocketAddress;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.asm.Advice.AssignReturned.ToArguments;
import net.bytebuddy.asm.Advice.AssignReturned.ToArguments.ToArgument;
import net.bytebuddy.implementation.bytecode.assign.Assigner.Typing;
import org.apache.hc.core5.function.Resolver;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.nio.ssl.TlsStrategy;
import org.jspecify.annotations.Nullable;

/** On the constructor of the pool of an HTTP/2 client: address of and TLS to the mesh are ours. */
final class H2PoolAdvice {

  private H2PoolAdvice() {}

  @ToArguments({
    @ToArgument(value = 1, index = 0, typing = Typing.DYNAMIC),
    @ToArgument(value = 2, index = 1, typing = Typing.DYNAMIC)
  })
  @Advice.OnMethodEnter(inline = false)
  static Object[] enter(
      @Advice.Argument(1) @Nullable Resolver<HttpHost, InetSocketAddress> resolver,
      @Advice.Argument(2) @Nullable TlsStrategy strategy) {
    return new Object[] {MeshTls.resolving(resolver), MeshTls.dispatching(strategy, "h2")};
  }
}
