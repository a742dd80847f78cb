package dev.weft.instrumentation.apachehttpclient4;

import dev.weft.instrumentation.socket.SocketInstrumentation;
import dev.weft.testkit.InstalledAdapter;
import dev.weft.testkit.MutualTlsContract;
import dev.weft.testkit.TestClient;
import org.apache.http.impl.client.HttpClientBuilder;
import org.junit.jupiter.api.extension.RegisterExtension;

/** This client over the socket floor; needs HttpCore 4.4, so not on the oldest version. */
final class ApacheHttpClient4MutualTlsTest extends MutualTlsContract {

  @RegisterExtension
  static final InstalledAdapter ADAPTERS =
      InstalledAdapter.of(new ApacheHttpClient4Instrumentation(), new SocketInstrumentation());

  @Override
  protected TestClient newClient() {
    return new ApacheTestClient(
        HttpClientBuilder.create()
            .setMaxConnPerRoute(10)
            .setMaxConnTotal(20)
            .disableAutomaticRetries()
            .build());
  }
}
