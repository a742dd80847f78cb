package dev.weft.instrumentation.armeria;

import dev.weft.instrumentation.netty.NettyClientInstrumentation;
import dev.weft.testkit.InstalledAdapter;
import dev.weft.testkit.MutualTlsContract;
import dev.weft.testkit.TestClient;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The floor of Netty owns the TLS of this client. */
class ArmeriaMutualTlsContractTest extends MutualTlsContract {

  @RegisterExtension
  static final InstalledAdapter ADAPTER =
      InstalledAdapter.of(new ArmeriaInstrumentation(), new NettyClientInstrumentation());

  @Override
  protected TestClient newClient() {
    return new ArmeriaClient();
  }
}
