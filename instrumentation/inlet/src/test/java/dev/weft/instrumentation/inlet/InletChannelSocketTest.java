package dev.weft.instrumentation.inlet;

import java.io.IOException;

final class InletChannelSocketTest extends InletContract {

  @Override
  EchoServer newServer() throws IOException {
    return SocketEcho.onChannels();
  }
}
