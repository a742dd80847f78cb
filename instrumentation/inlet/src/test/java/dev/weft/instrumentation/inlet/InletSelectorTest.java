package dev.weft.instrumentation.inlet;

import java.io.IOException;

final class InletSelectorTest extends InletContract {

  @Override
  EchoServer newServer() throws IOException {
    return new SelectorEcho();
  }
}
