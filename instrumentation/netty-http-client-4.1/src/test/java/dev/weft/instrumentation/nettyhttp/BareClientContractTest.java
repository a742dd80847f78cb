package dev.weft.instrumentation.nettyhttp;

import dev.weft.testkit.AsyncOutboundContract;
import dev.weft.testkit.AsyncTestClient;
import dev.weft.testkit.InstalledAdapter;
import dev.weft.testkit.Limit;
import java.util.Map;
import org.junit.jupiter.api.extension.RegisterExtension;

class BareClientContractTest extends AsyncOutboundContract {

  @RegisterExtension
  static final InstalledAdapter ADAPTER = InstalledAdapter.of(new NettyHttpClientInstrumentation());

  @Override
  protected AsyncTestClient newClient() {
    return new BareClient();
  }

  @Override
  protected Map<Limit, String> limits() {
    return Map.of(Limit.NO_REDIRECTS, "Netty is a codec: it follows nothing");
  }
}
