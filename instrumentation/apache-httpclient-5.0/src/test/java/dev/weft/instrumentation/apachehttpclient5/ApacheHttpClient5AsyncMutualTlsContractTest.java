package dev.weft.instrumentation.apachehttpclient5;

import dev.weft.testkit.InstalledAdapter;
import dev.weft.testkit.MutualTlsContract;
import dev.weft.testkit.TestClient;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The asynchronous client owns its TLS. */
final class ApacheHttpClient5AsyncMutualTlsContractTest extends MutualTlsContract {

  @RegisterExtension
  static final InstalledAdapter ADAPTER =
      InstalledAdapter.of(new ApacheHttpClient5Instrumentation());

  @Override
  protected TestClient newClient() {
    return new AsyncApacheClient(AsyncClients.http11());
  }
}
