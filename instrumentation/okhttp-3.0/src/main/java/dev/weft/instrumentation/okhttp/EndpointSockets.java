package dev.weft.instrumentation.okhttp;

import dev.weft.outbound.Attempt;
import dev.weft.transport.Endpoint;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.util.concurrent.TimeUnit;
import javax.net.SocketFactory;

/**
 * Makes sockets that connect to an endpoint whatever address they are told: its port is not that of
 * the URL. The library asks for unconnected ones, on the thread that connects.
 */
final class EndpointSockets extends SocketFactory {

  private final Binding binding;
  private final Endpoint endpoint;
  private final int connectMillis;

  EndpointSockets(Binding binding, Attempt attempt) {
    this.binding = binding;
    this.endpoint = attempt.endpoint();
    this.connectMillis =
        (int) TimeUnit.NANOSECONDS.toMillis(attempt.connectTimeoutNanos() + 999_999);
  }

  @Override
  public Socket createSocket() throws IOException {
    Socket socket = new EndpointSocket(endpoint, connectMillis);
    binding.opens(socket);
    return socket;
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    Socket socket = createSocket();
    socket.connect(endpoint.socketAddress());
    return socket;
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress local, int localPort)
      throws IOException {
    return createSocket(host, port);
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return createSocket(host.getHostName(), port);
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort)
      throws IOException {
    return createSocket(host, port);
  }

  private static final class EndpointSocket extends Socket {
    private final Endpoint endpoint;
    private final int connectMillis;

    EndpointSocket(Endpoint endpoint, int connectMillis) {
      this.endpoint = endpoint;
      this.connectMillis = connectMillis;
    }

    @Override
    public void connect(SocketAddress ignored, int timeoutMillis) throws IOException {
      boolean own = connectMillis > 0 && (timeoutMillis == 0 || connectMillis < timeoutMillis);
      super.connect(endpoint.socketAddress(), own ? connectMillis : timeoutMillis);
    }
  }
}
