package dev.weft.instrumentation.apachehttpclient4;

import dev.weft.testkit.InstalledAdapter;
import dev.weft.testkit.OutboundContract;
import dev.weft.testkit.TestClient;
import org.apache.http.impl.client.HttpClientBuilder;
import org.junit.jupiter.api.extension.RegisterExtension;

final class ApacheHttpClient4ContractTest extends OutboundContract {

  @RegisterExtension
  static final InstalledAdapter ADAPTER =
      InstalledAdapter.of(new ApacheHttpClient4Instrumentation());

  @Override
  protected TestClient newClient() {
    return new ApacheTestClient(
        HttpClientBuilder.create()
            .setMaxConnPerRoute(10)
            .setMaxConnTotal(20)
            .disableAutomaticRetries()
            .build());
  }
}
