package dev.weft.instrumentation.javahttpclient;

import dev.weft.testkit.InstalledAdapter;
import dev.weft.testkit.MutualTlsContract;
import dev.weft.testkit.TestClient;
import java.net.http.HttpClient;
import org.junit.jupiter.api.extension.RegisterExtension;

/** This client owns its TLS. */
class JavaHttpClientMutualTlsTest extends MutualTlsContract {

  @RegisterExtension
  static final InstalledAdapter ADAPTER = InstalledAdapter.of(new JavaHttpClientInstrumentation());

  @Override
  protected TestClient newClient() {
    return new JdkClient(HttpClient.Version.HTTP_1_1);
  }
}
