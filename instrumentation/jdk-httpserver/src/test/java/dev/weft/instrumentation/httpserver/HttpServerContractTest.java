package dev.weft.instrumentation.httpserver;

import dev.weft.testkit.InboundContract;
import dev.weft.testkit.InboundServer;
import dev.weft.testkit.InstalledAdapter;
import org.junit.jupiter.api.extension.RegisterExtension;

final class HttpServerContractTest extends InboundContract {

  @RegisterExtension
  static final InstalledAdapter ADAPTER = InstalledAdapter.of(new HttpServerInstrumentation());

  @Override
  protected InboundServer newServer() throws Exception {
    return new SampleServer();
  }

  @Override
  protected boolean dispatches() {
    return false;
  }

  @Override
  protected boolean endsLateRequests() {
    return false;
  }

  @Override
  protected int statusOfAnException() {
    return 0;
  }
}
