package dev.weft.instrumentation.httpserver;

import dev.weft.testkit.InboundServer;
import dev.weft.testkit.InboundTlsContract;
import dev.weft.testkit.InstalledAdapter;
import org.junit.jupiter.api.extension.RegisterExtension;

final class HttpServerTlsContractTest extends InboundTlsContract {

  @RegisterExtension
  static final InstalledAdapter ADAPTER = InstalledAdapter.of(new HttpServerInstrumentation());

  @Override
  protected InboundServer newServer() throws Exception {
    return new SampleServer();
  }
}
