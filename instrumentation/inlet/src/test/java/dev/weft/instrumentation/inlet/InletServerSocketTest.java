package dev.weft.instrumentation.inlet;

import java.io.IOException;

final class InletServerSocketTest extends InletContract {

  @Override
  EchoServer newServer() throws IOException {
    return SocketEcho.onSockets();
  }
}
