package dev.weft.instrumentation.javahttpclient;

import dev.weft.testkit.AsyncOutboundContract;
import dev.weft.testkit.AsyncTestClient;
import dev.weft.testkit.InstalledAdapter;
import dev.weft.testkit.Limit;
import java.net.http.HttpClient;
import java.util.Map;
import org.junit.jupiter.api.extension.RegisterExtension;

class JavaHttpClientContractTest extends AsyncOutboundContract {

  @RegisterExtension
  static final InstalledAdapter ADAPTER = InstalledAdapter.of(new JavaHttpClientInstrumentation());

  @Override
  protected AsyncTestClient newClient() {
    return new JdkClient(HttpClient.Version.HTTP_1_1);
  }

  @Override
  protected Map<Limit, String> limits() {
    return Map.of(
        Limit.RESENDS_ONCE,
        "the client sends an idempotent request once more when its connection breaks before the"
            + " head; on a pooled connection that went stale this is wanted");
  }
}
