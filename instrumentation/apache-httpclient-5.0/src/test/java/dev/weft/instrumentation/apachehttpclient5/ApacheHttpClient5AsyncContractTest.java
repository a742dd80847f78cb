package dev.weft.instrumentation.apachehttpclient5;

import dev.weft.testkit.AsyncOutboundContract;
import dev.weft.testkit.AsyncTestClient;
import dev.weft.testkit.InstalledAdapter;
import org.junit.jupiter.api.extension.RegisterExtension;

final class ApacheHttpClient5AsyncContractTest extends AsyncOutboundContract {

  @RegisterExtension
  static final InstalledAdapter ADAPTER =
      InstalledAdapter.of(new ApacheHttpClient5Instrumentation());

  @Override
  protected AsyncTestClient newClient() {
    return new AsyncApacheClient(AsyncClients.http11());
  }
}
