package dev.weft.instrumentation.apachehttpasyncclient4;

import dev.weft.testkit.AsyncOutboundContract;
import dev.weft.testkit.AsyncTestClient;
import dev.weft.testkit.InstalledAdapter;
import dev.weft.testkit.Limit;
import java.util.Map;
import org.apache.http.impl.nio.client.HttpAsyncClients;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A client with nothing around its connections, told host and path by themselves. */
final class MinimalAsyncClient4ContractTest extends AsyncOutboundContract {

  @RegisterExtension
  static final InstalledAdapter ADAPTER =
      InstalledAdapter.of(new ApacheHttpAsyncClient4Instrumentation());

  @Override
  protected AsyncTestClient newClient() {
    return new AsyncApacheClient(HttpAsyncClients.createMinimal(), true);
  }

  @Override
  protected Map<Limit, String> limits() {
    return Map.of(Limit.NO_REDIRECTS, "a minimal client does not follow any");
  }
}
