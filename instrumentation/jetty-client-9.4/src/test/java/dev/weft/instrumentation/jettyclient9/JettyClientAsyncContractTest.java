package dev.weft.instrumentation.jettyclient9;

import dev.weft.testkit.AsyncOutboundContract;
import dev.weft.testkit.AsyncTestClient;
import dev.weft.testkit.InstalledAdapter;
import org.junit.jupiter.api.extension.RegisterExtension;

final class JettyClientAsyncContractTest extends AsyncOutboundContract {

  @RegisterExtension
  static final InstalledAdapter ADAPTER = InstalledAdapter.of(new JettyClientInstrumentation());

  @Override
  protected AsyncTestClient newClient() throws Exception {
    return JettyTestClient.start();
  }
}
