package dev.weft.instrumentation.asynchttpclient;

import dev.weft.instrumentation.nettyhttp.NettyHttpClientInstrumentation;
import dev.weft.testkit.AsyncOutboundContract;
import dev.weft.testkit.AsyncTestClient;
import dev.weft.testkit.InstalledAdapter;
import org.junit.jupiter.api.extension.RegisterExtension;

class AsyncHttpClientContractTest extends AsyncOutboundContract {

  @RegisterExtension
  static final InstalledAdapter ADAPTER =
      InstalledAdapter.of(
          new AsyncHttpClientInstrumentation(), new NettyHttpClientInstrumentation());

  @Override
  protected AsyncTestClient newClient() {
    return new AhcClient();
  }
}
