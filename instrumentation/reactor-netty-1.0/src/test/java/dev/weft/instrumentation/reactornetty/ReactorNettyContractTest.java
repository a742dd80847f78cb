package dev.weft.instrumentation.reactornetty;

import dev.weft.testkit.AsyncOutboundContract;
import dev.weft.testkit.AsyncTestClient;
import dev.weft.testkit.InstalledAdapter;
import dev.weft.testkit.Limit;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;

class ReactorNettyContractTest extends AsyncOutboundContract {

  @BeforeAll
  static void install() {
    InstalledAdapter.installFound();
  }

  @Override
  protected AsyncTestClient newClient() {
    return new ReactorNettyTestClient();
  }

  @Override
  protected Map<Limit, String> limits() {
    return Map.of(
        Limit.NO_REDIRECTS,
        "one to another host is followed by the client, outside of the mesh",
        Limit.NO_LOCAL_REPLY,
        "a response of this client is a connection",
        Limit.UNKNOWN_BODY,
        "the client is given a function that writes the body",
        Limit.RESENDS_ONCE,
        "old versions send a request once more when its connection is reset");
  }
}
