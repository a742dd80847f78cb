package dev.weft.instrumentation.vertx;

import dev.weft.instrumentation.netty.NettyClientInstrumentation;
import dev.weft.testkit.InstalledAdapter;
import dev.weft.testkit.MutualTlsContract;
import dev.weft.testkit.TestClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpVersion;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A client that would upgrade to h2c, which is not offered where TLS is below. */
class VertxUpgradeMutualTlsContractTest extends MutualTlsContract {

  @RegisterExtension
  static final InstalledAdapter ADAPTER =
      InstalledAdapter.of(new VertxInstrumentation(), new NettyClientInstrumentation());

  @Override
  protected TestClient newClient() {
    return new VertxClient(new HttpClientOptions().setProtocolVersion(HttpVersion.HTTP_2));
  }
}
