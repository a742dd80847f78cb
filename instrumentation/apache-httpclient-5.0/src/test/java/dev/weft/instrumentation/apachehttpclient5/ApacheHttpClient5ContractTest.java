package dev.weft.instrumentation.apachehttpclient5;

import dev.weft.testkit.InstalledAdapter;
import dev.weft.testkit.OutboundContract;
import dev.weft.testkit.TestClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.junit.jupiter.api.extension.RegisterExtension;

final class ApacheHttpClient5ContractTest extends OutboundContract {

  @RegisterExtension
  static final InstalledAdapter ADAPTER =
      InstalledAdapter.of(new ApacheHttpClient5Instrumentation());

  @Override
  protected TestClient newClient() {
    return new ApacheTestClient(
        HttpClientBuilder.create()
            .setConnectionManager(
                PoolingHttpClientConnectionManagerBuilder.create()
                    .setMaxConnPerRoute(10)
                    .setMaxConnTotal(20)
                    .build())
            .disableAutomaticRetries()
            .build());
  }
}
