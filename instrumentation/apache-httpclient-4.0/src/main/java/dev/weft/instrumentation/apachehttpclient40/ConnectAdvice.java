package dev.weft.instrumentation.apachehttpclient40;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.asm.Advice.AssignReturned.ToReturned;
import net.bytebuddy.asm.Advice.AssignReturned.ToThrown;
import net.bytebuddy.implementation.bytecode.assign.Assigner.Typing;
import org.apache.http.conn.ConnectTimeoutException;
import org.apache.http.params.HttpConnectionParams;
import org.apache.http.params.HttpParams;
import org.jspecify.annotations.Nullable;

/** On {@code connectSocket} of 4.0, which looks names up: an endpoint is connected to at once. */
final class ConnectAdvice {

  private ConnectAdvice() {}

  /** Socket and failure, one of them null; null altogether for other hosts. */
  @Advice.OnMethodEnter(inline = false, skipOn = Advice.OnNonDefaultValue.class)
  static Object @Nullable [] enter(
      @Advice.Argument(0) @Nullable Socket given,
      @Advice.Argument(1) @Nullable String host,
      @Advice.Argument(2) int port,
      @Advice.Argument(3) @Nullable InetAddress local,
      @Advice.Argument(4) int localPort,
      @Advice.Argument(5) HttpParams params) {
    InetAddress address = EndpointName.address(host);
    if (address == null) {
      return null;
    }
    Socket socket = given == null ? new Socket() : given;
    try {
      if (local != null || localPort > 0) {
        socket.bind(new InetSocketAddress(local, Math.max(0, localPort)));
      }
      socket.connect(
          new InetSocketAddress(address, port), HttpConnectionParams.getConnectionTimeout(params));
      return new Object[] {socket, null};
    } catch (SocketTimeoutException e) {
      return new Object[] {
        null, new ConnectTimeoutException("Connect to " + address + ":" + port + " timed out")
      };
    } catch (IOException | RuntimeException e) {
      return new Object[] {null, e};
    }
  }

  @ToReturned(index = 0, typing = Typing.DYNAMIC)
  @ToThrown(index = 1, typing = Typing.DYNAMIC)
  @Advice.OnMethodExit(inline = false, onThrowable = Throwable.class)
  static Object @Nullable [] exit(@Advice.Enter Object @Nullable [] result) {
    return result;
  }
}
