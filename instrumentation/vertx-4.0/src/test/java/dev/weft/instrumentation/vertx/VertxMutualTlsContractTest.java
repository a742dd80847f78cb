package dev.weft.instrumentation.vertx;

import dev.weft.instrumentation.netty.NettyClientInstrumentation;
import dev.weft.testkit.InstalledAdapter;
import dev.weft.testkit.MutualTlsContract;
import dev.weft.testkit.TestClient;
import io.vertx.core.http.HttpClientOptions;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The floor of Netty owns the TLS of this client. */
class VertxMutualTlsContractTest extends MutualTlsContract {

  @RegisterExtension
  static final InstalledAdapter ADAPTER =
      InstalledAdapter.of(new VertxInstrumentation(), new NettyClientInstrumentation());

  @Override
  protected TestClient newClient() {
    return new VertxClient(new HttpClientOptions());
  }
}
