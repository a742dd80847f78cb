package dev.weft.instrumentation.apachehttpclient5;

import dev.weft.instrumentation.socket.SocketInstrumentation;
import dev.weft.testkit.InstalledAdapter;
import dev.weft.testkit.MutualTlsContract;
import dev.weft.testkit.TestClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.junit.jupiter.api.extension.RegisterExtension;

/** This client over the socket floor. */
final class ApacheHttpClient5MutualTlsContractTest extends MutualTlsContract {

  @RegisterExtension
  static final InstalledAdapter ADAPTERS =
      InstalledAdapter.of(new ApacheHttpClient5Instrumentation(), new SocketInstrumentation());

  @Override
  protected TestClient newClient() {
    return new ApacheTestClient(
        HttpClientBuilder.create()
            .setConnectionManager(
                PoolingHttpClientConnectionManagerBuilder.create()
                    .setMaxConnPerRoute(10)
                    .setMaxConnTotal(20)
                    .build())
            .disableAutomaticRetries()
            .build());
  }
}
