package dev.weft.instrumentation.okhttp;

import dev.weft.instrumentation.socket.SocketInstrumentation;
import dev.weft.testkit.InstalledAdapter;
import dev.weft.testkit.MutualTlsContract;
import dev.weft.testkit.TestClient;
import org.junit.jupiter.api.extension.RegisterExtension;

/** This client over the socket floor. */
final class OkHttpMutualTlsContractTest extends MutualTlsContract {

  @RegisterExtension
  static final InstalledAdapter ADAPTERS =
      InstalledAdapter.of(new OkHttpInstrumentation(), new SocketInstrumentation());

  @Override
  protected TestClient newClient() {
    return new OkHttpTestClient();
  }
}
