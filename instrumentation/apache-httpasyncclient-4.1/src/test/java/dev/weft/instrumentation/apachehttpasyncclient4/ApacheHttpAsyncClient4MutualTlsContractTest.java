package dev.weft.instrumentation.apachehttpasyncclient4;

import dev.weft.testkit.InstalledAdapter;
import dev.weft.testkit.MutualTlsContract;
import dev.weft.testkit.TestClient;
import org.junit.jupiter.api.extension.RegisterExtension;

final class ApacheHttpAsyncClient4MutualTlsContractTest extends MutualTlsContract {

  @RegisterExtension
  static final InstalledAdapter ADAPTER =
      InstalledAdapter.of(new ApacheHttpAsyncClient4Instrumentation());

  @Override
  protected TestClient newClient() {
    return new AsyncApacheClient(AsyncApacheClient.pooled(), false);
  }
}
