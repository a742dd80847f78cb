package dev.weft.instrumentation.apachehttpclient40;

import dev.weft.testkit.InstalledAdapter;
import dev.weft.testkit.Limit;
import dev.weft.testkit.OutboundContract;
import dev.weft.testkit.TestClient;
import java.util.Map;
import org.junit.jupiter.api.extension.RegisterExtension;

final class ApacheHttpClient40ContractTest extends OutboundContract {

  @RegisterExtension
  static final InstalledAdapter ADAPTER =
      InstalledAdapter.of(new ApacheHttpClient40Instrumentation());

  @Override
  protected TestClient newClient() {
    return OldApacheClient.pooled();
  }

  @Override
  protected Map<Limit, String> limits() {
    return Map.of(Limit.HIDES_BROKEN_BODY, "HttpCore 4.0; later versions tell");
  }
}
