package dev.weft.instrumentation.apachehttpclient5;

import dev.weft.testkit.InstalledAdapter;
import dev.weft.testkit.Limit;
import dev.weft.testkit.OutboundContract;
import dev.weft.testkit.TestClient;
import java.util.Map;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.junit.jupiter.api.extension.RegisterExtension;

final class MinimalHttpClient5ContractTest extends OutboundContract {

  @RegisterExtension
  static final InstalledAdapter ADAPTER =
      InstalledAdapter.of(new ApacheHttpClient5Instrumentation());

  @Override
  protected Map<Limit, String> limits() {
    return Map.of(Limit.NO_REDIRECTS, "a minimal client leaves redirects to the application");
  }

  @Override
  protected TestClient newClient() {
    return new ApacheTestClient(
        HttpClients.createMinimal(
            PoolingHttpClientConnectionManagerBuilder.create()
                .setMaxConnPerRoute(10)
                .setMaxConnTotal(20)
                .build()));
  }
}
