package dev.weft.instrumentation.nettyhttp;

import dev.weft.instrumentation.netty.NettyClientInstrumentation;
import dev.weft.testkit.InstalledAdapter;
import dev.weft.testkit.MutualTlsContract;
import dev.weft.testkit.TestClient;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The floor under Netty puts TLS in, under a copy of it as well. */
class OnPlayWsMutualTlsTest extends MutualTlsContract {

  @RegisterExtension
  static final InstalledAdapter ADAPTER =
      InstalledAdapter.of(new NettyHttpClientInstrumentation(), new NettyClientInstrumentation());

  @Override
  protected TestClient newClient() {
    return new PlayClient();
  }
}
