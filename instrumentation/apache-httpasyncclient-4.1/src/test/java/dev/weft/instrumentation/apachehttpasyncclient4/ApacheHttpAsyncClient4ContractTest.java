package dev.weft.instrumentation.apachehttpasyncclient4;

import dev.weft.testkit.AsyncOutboundContract;
import dev.weft.testkit.AsyncTestClient;
import dev.weft.testkit.InstalledAdapter;
import org.junit.jupiter.api.extension.RegisterExtension;

final class ApacheHttpAsyncClient4ContractTest extends AsyncOutboundContract {

  @RegisterExtension
  static final InstalledAdapter ADAPTER =
      InstalledAdapter.of(new ApacheHttpAsyncClient4Instrumentation());

  @Override
  protected AsyncTestClient newClient() {
    return new AsyncApacheClient(AsyncApacheClient.pooled(), false);
  }
}
