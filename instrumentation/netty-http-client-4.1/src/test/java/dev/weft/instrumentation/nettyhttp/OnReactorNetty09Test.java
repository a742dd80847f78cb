package dev.weft.instrumentation.nettyhttp;

import dev.weft.instrumentation.netty.NettyClientInstrumentation;
import dev.weft.testkit.AsyncOutboundContract;
import dev.weft.testkit.AsyncTestClient;
import dev.weft.testkit.InstalledAdapter;
import dev.weft.testkit.Limit;
import java.util.Map;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The client under WebClient of Spring 5.2. */
class OnReactorNetty09Test extends AsyncOutboundContract {

  @RegisterExtension
  static final InstalledAdapter ADAPTER =
      InstalledAdapter.of(new NettyHttpClientInstrumentation(), new NettyClientInstrumentation());

  @Override
  protected AsyncTestClient newClient() {
    return new ReactorNetty09Client();
  }

  @Override
  protected Map<Limit, String> limits() {
    return Map.of(
        Limit.NO_ONE_SHOT_BODY, "the relay keeps a short one, however it is written: none is so");
  }
}
