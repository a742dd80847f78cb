package dev.weft.instrumentation.vertx;

import dev.weft.instrumentation.nettyhttp.NettyHttpClientInstrumentation;
import dev.weft.testkit.AsyncOutboundContract;
import dev.weft.testkit.AsyncTestClient;
import dev.weft.testkit.InstalledAdapter;
import io.vertx.core.http.HttpClientOptions;
import org.junit.jupiter.api.extension.RegisterExtension;

class VertxContractTest extends AsyncOutboundContract {

  @RegisterExtension
  static final InstalledAdapter ADAPTER =
      InstalledAdapter.of(new VertxInstrumentation(), new NettyHttpClientInstrumentation());

  @Override
  protected AsyncTestClient newClient() {
    return new VertxClient(new HttpClientOptions());
  }
}
