package dev.weft.instrumentation.okhttp;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.testkit.FakeEngine;
import dev.weft.testkit.InstalledAdapter;
import dev.weft.testkit.ScriptedUpstream;
import dev.weft.testkit.UpstreamReply;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What becomes of what the library, or the application above it, sends again by itself. */
@Timeout(20)
final class OwnRetriesTest {

  @RegisterExtension
  static final InstalledAdapter ADAPTER = InstalledAdapter.of(new OkHttpInstrumentation());

  private final FakeEngine engine = FakeEngine.install();
  private final ScriptedUpstream a = ScriptedUpstream.start("a");
  private final ScriptedUpstream b = ScriptedUpstream.start("b");

  OwnRetriesTest() throws IOException {}

  @AfterEach
  void nothingIsLeft() throws IOException {
    a.close();
    b.close();
    engine.close();
    engine.assertNothingLeft();
  }

  @Test
  void attemptsOfTheMeshAreNotMultiplied() throws Exception {
    a.reply(UpstreamReply.closeBeforeHead(), UpstreamReply.closeBeforeHead());
    engine.call(FakeEngine.send(a.endpoint()), FakeEngine.send(a.endpoint()), FakeEngine.deliver());
    assertThatThrownBy(() -> get(new OkHttpClient())).isInstanceOf(IOException.class);
    engine.takeOpened();
    engine.takeFailure();
    engine.takeFailure();
    engine.takeClosed();
    assertThat(a.connections()).isEqualTo(2);
  }

  @Test
  void aStaleConnectionIsReplacedOnceWithinAnAttempt() throws Exception {
    OkHttpClient client = new OkHttpClient();
    engine.call(FakeEngine.send(a.endpoint()));
    assertThat(get(client)).isEqualTo("a");
    takeGoodCall();
    a.reply(UpstreamReply.closeBeforeHead());
    engine.call(FakeEngine.send(a.endpoint()));
    assertThat(get(client)).isEqualTo("a");
    takeGoodCall();
    assertThat(a.connections()).isEqualTo(2);
  }

  @Test
  void whatAnInterceptorOfTheApplicationSendsAgainIsDecidedAgain() throws Exception {
    OkHttpClient client =
        new OkHttpClient.Builder()
            .addInterceptor(
                chain -> {
                  Response first = chain.proceed(chain.request());
                  requireNonNull(first.body()).close();
                  return chain.proceed(chain.request());
                })
            .build();
    engine.call(FakeEngine.send(a.endpoint())).call(FakeEngine.send(b.endpoint()));
    assertThat(get(client)).isEqualTo("b");
    takeGoodCall();
    takeGoodCall();
    assertThat(a.waiting()).isEqualTo(1);
  }

  @Test
  void aClientMadeFromAnotherDecidesOnce() throws Exception {
    OkHttpClient client = new OkHttpClient().newBuilder().build().newBuilder().build();
    engine.call(FakeEngine.send(a.endpoint()));
    assertThat(get(client)).isEqualTo("a");
    takeGoodCall();
  }

  @Test
  void aRequestThroughAProxyIsLeftAlone() throws Exception {
    Proxy proxy =
        new Proxy(
            Proxy.Type.HTTP, new InetSocketAddress(InetAddress.getLoopbackAddress(), a.port()));
    assertThat(get(new OkHttpClient.Builder().proxy(proxy).build())).isEqualTo("a");
  }

  private static String get(OkHttpClient client) throws IOException {
    Request request = new Request.Builder().url("http://orders.invalid/").build();
    return requireNonNull(client.newCall(request).execute().body()).string();
  }

  private void takeGoodCall() throws InterruptedException {
    engine.takeOpened();
    engine.takeResponse();
    engine.takeClosed();
  }
}
