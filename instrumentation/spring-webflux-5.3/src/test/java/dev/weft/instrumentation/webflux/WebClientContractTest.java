package dev.weft.instrumentation.webflux;

import dev.weft.testkit.AsyncOutboundContract;
import dev.weft.testkit.AsyncTestClient;
import dev.weft.testkit.InstalledAdapter;
import dev.weft.testkit.Limit;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;

class WebClientContractTest extends AsyncOutboundContract {

  @BeforeAll
  static void install() {
    InstalledAdapter.installFound();
  }

  @Override
  protected AsyncTestClient newClient() {
    return new WebClientTestClient(false);
  }

  @Override
  protected Map<Limit, String> limits() {
    return Map.of(
        Limit.NO_REDIRECTS,
        "WebClient follows none by itself",
        Limit.RESENDS_ONCE,
        "old versions of Reactor Netty send a request once more when its connection is reset");
  }
}
