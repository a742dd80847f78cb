package dev.weft.instrumentation.reactornetty;

import dev.weft.testkit.InstalledAdapter;
import dev.weft.testkit.MutualTlsContract;
import dev.weft.testkit.TestClient;
import org.junit.jupiter.api.BeforeAll;

/** Netty's adapter owns the TLS of this client. */
class ReactorNettyMutualTlsContractTest extends MutualTlsContract {

  @BeforeAll
  static void install() {
    InstalledAdapter.installFound();
  }

  @Override
  protected TestClient newClient() {
    return new ReactorNettyTestClient();
  }
}
