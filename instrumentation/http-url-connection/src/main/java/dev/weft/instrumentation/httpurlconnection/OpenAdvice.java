package dev.weft.instrumentation.httpurlconnection;

import dev.weft.bootstrap.Mesh;
import dev.weft.outbound.OutboundMesh;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URL;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;

/** Gives the application a connection of ours in place of the one that the JDK made. */
final class OpenAdvice {

  private OpenAdvice() {}

  @Advice.OnMethodExit(inline = false)
  @Advice.AssignReturned.ToReturned(typing = Assigner.Typing.DYNAMIC)
  static @Nullable Object exit(
      @Advice.Argument(0) URL url,
      @Advice.Argument(1) @Nullable Proxy proxy,
      @Advice.Return Object made) {
    // A proxy that the application names for this request is its own routing decision.
    boolean leaveAlone =
        Mesh.outbound() == OutboundMesh.PASS_THROUGH
            || Route.isFor(url)
            || (proxy != null && proxy.type() != Proxy.Type.DIRECT)
            || !(made instanceof HttpURLConnection);
    return leaveAlone ? null : new MeshConnection(url, (HttpURLConnection) made);
  }
}
