package dev.weft.instrumentation.asynchttpclient;

import dev.weft.instrumentation.netty.NettyClientInstrumentation;
import dev.weft.testkit.InstalledAdapter;
import dev.weft.testkit.MutualTlsContract;
import dev.weft.testkit.TestClient;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The floor under Netty puts TLS in. */
class AsyncHttpClientMutualTlsTest extends MutualTlsContract {

  @RegisterExtension
  static final InstalledAdapter ADAPTER =
      InstalledAdapter.of(new AsyncHttpClientInstrumentation(), new NettyClientInstrumentation());

  @Override
  protected TestClient newClient() {
    return new AhcClient();
  }
}
