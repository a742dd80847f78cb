package dev.weft.instrumentation.httpurlconnection;

import dev.weft.testkit.InstalledAdapter;
import dev.weft.testkit.Limit;
import dev.weft.testkit.OutboundContract;
import dev.weft.testkit.TestClient;
import java.util.Map;
import org.junit.jupiter.api.extension.RegisterExtension;

class HttpUrlConnectionContractTest extends OutboundContract {

  @RegisterExtension
  static final InstalledAdapter ADAPTER =
      InstalledAdapter.of(new HttpUrlConnectionInstrumentation());

  @Override
  protected TestClient newClient() {
    return new UrlClient();
  }

  @Override
  protected Map<Limit, String> limits() {
    return Map.of(
        Limit.NO_OWN_HOST_HEADER,
        "the JDK drops it unless -Dsun.net.http.allowRestrictedHeaders=true",
        Limit.HIDES_BROKEN_BODY,
        "the JDK answers -1 when a body of known length breaks off");
  }
}
