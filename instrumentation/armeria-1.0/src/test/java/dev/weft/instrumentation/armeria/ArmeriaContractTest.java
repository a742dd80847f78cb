package dev.weft.instrumentation.armeria;

import dev.weft.testkit.AsyncOutboundContract;
import dev.weft.testkit.AsyncTestClient;
import dev.weft.testkit.InstalledAdapter;
import dev.weft.testkit.Limit;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.extension.RegisterExtension;

class ArmeriaContractTest extends AsyncOutboundContract {

  @RegisterExtension
  static final InstalledAdapter ADAPTER = InstalledAdapter.of(new ArmeriaInstrumentation());

  @Override
  protected AsyncTestClient newClient() {
    return new ArmeriaClient();
  }

  @Override
  protected Map<Limit, String> limits() {
    Map<Limit, String> limits = new EnumMap<>(Limit.class);
    limits.put(Limit.NO_REDIRECTS, "a client that follows them cannot be cancelled: RedirectTest");
    if (ArmeriaClient.canRedirect()) {
      limits.put(Limit.ENCODES_QUERY, "WebClient does");
    } else {
      limits.put(Limit.NO_OWN_HOST_HEADER, "this version overwrites it with the endpoint's");
    }
    return limits;
  }
}
