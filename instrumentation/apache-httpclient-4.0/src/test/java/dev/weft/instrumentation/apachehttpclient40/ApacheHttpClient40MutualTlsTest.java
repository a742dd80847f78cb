package dev.weft.instrumentation.apachehttpclient40;

import dev.weft.instrumentation.socket.SocketInstrumentation;
import dev.weft.testkit.InstalledAdapter;
import dev.weft.testkit.MutualTlsContract;
import dev.weft.testkit.TestClient;
import org.junit.jupiter.api.extension.RegisterExtension;

final class ApacheHttpClient40MutualTlsTest extends MutualTlsContract {

  @RegisterExtension
  static final InstalledAdapter ADAPTERS =
      InstalledAdapter.of(new ApacheHttpClient40Instrumentation(), new SocketInstrumentation());

  @Override
  protected TestClient newClient() {
    return OldApacheClient.pooled();
  }
}
