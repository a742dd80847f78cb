package dev.weft.instrumentation.okhttp;

import dev.weft.testkit.InstalledAdapter;
import dev.weft.testkit.OutboundContract;
import dev.weft.testkit.TestClient;
import org.junit.jupiter.api.extension.RegisterExtension;

final class OkHttpContractTest extends OutboundContract {

  @RegisterExtension
  static final InstalledAdapter ADAPTER = InstalledAdapter.of(new OkHttpInstrumentation());

  @Override
  protected TestClient newClient() {
    return new OkHttpTestClient();
  }
}
