package dev.weft.instrumentation.apachehttpclient4;

import dev.weft.testkit.InstalledAdapter;
import dev.weft.testkit.Limit;
import dev.weft.testkit.OutboundContract;
import dev.weft.testkit.TestClient;
import java.util.Map;
import org.apache.http.impl.client.HttpClients;
import org.apache.http.impl.conn.PoolingHttpClientConnectionManager;
import org.junit.jupiter.api.extension.RegisterExtension;

final class MinimalHttpClient4ContractTest extends OutboundContract {

  @RegisterExtension
  static final InstalledAdapter ADAPTER =
      InstalledAdapter.of(new ApacheHttpClient4Instrumentation());

  @Override
  protected Map<Limit, String> limits() {
    return Map.of(Limit.NO_REDIRECTS, "a minimal client leaves redirects to the application");
  }

  @Override
  protected TestClient newClient() {
    PoolingHttpClientConnectionManager connections = new PoolingHttpClientConnectionManager();
    connections.setDefaultMaxPerRoute(10);
    return new ApacheTestClient(HttpClients.createMinimal(connections));
  }
}
