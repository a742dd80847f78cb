package dev.weft.instrumentation.jettyclient9;

import dev.weft.testkit.InstalledAdapter;
import dev.weft.testkit.MutualTlsContract;
import dev.weft.testkit.TestClient;
import org.junit.jupiter.api.extension.RegisterExtension;

final class JettyClientMutualTlsContractTest extends MutualTlsContract {

  @RegisterExtension
  static final InstalledAdapter ADAPTER = InstalledAdapter.of(new JettyClientInstrumentation());

  @Override
  protected TestClient newClient() throws Exception {
    return JettyTestClient.start();
  }
}
