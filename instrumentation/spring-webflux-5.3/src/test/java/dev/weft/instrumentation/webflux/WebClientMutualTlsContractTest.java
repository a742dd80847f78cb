package dev.weft.instrumentation.webflux;

import dev.weft.testkit.InstalledAdapter;
import dev.weft.testkit.MutualTlsContract;
import dev.weft.testkit.TestClient;
import org.junit.jupiter.api.BeforeAll;

/** Netty's adapter owns the TLS of this client. */
class WebClientMutualTlsContractTest extends MutualTlsContract {

  @BeforeAll
  static void install() {
    InstalledAdapter.installFound();
  }

  @Override
  protected TestClient newClient() {
    return new WebClientTestClient(false);
  }
}
