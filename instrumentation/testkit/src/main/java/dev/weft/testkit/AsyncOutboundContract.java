package dev.weft.testkit;

import static dev.weft.testkit.ClientRequest.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.outbound.Attempt;
import dev.weft.outbound.Directive;
import dev.weft.outbound.FailureKind;
import dev.weft.outbound.HeaderMutations;
import dev.weft.outbound.Outcome;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What an asynchronous library's adapter makes true beyond {@link OutboundContract}. */
public abstract class AsyncOutboundContract extends OutboundContract {

  @Override
  protected abstract AsyncTestClient newClient() throws Exception;

  private AsyncTestClient async() {
    return (AsyncTestClient) client();
  }

  @Test
  public final void endsTheExchangeThatTheApplicationCancelled() throws Exception {
    a().reply(UpstreamReply.hang());
    engine().call(FakeEngine.send(a().endpoint()));
    CompletableFuture<ClientResponse> response = async().sendAsync(get(ORDERS + "/"));
    a().takeRequest();
    response.cancel(true);
    engine().takeOpened();
    assertClosed(Outcome.CANCELLED, 0);
    a().awaitOpenConnections(0);
  }

  @Test
  public final void doesNotBlockTheCallerWhileTheMeshWaits() throws Exception {
    long delay = TimeUnit.SECONDS.toNanos(60);
    engine()
        .call(
            FakeEngine.always(
                Directive.send(
                    new Attempt(a().endpoint(), 1, 0, 0, HeaderMutations.NONE, null, null),
                    delay)));
    CompletableFuture<ClientResponse> response = async().sendAsync(get(ORDERS + "/"));
    engine().takeOpened();
    response.cancel(true);
    assertClosed(Outcome.CANCELLED, 0);
    assertThat(a().connections()).isZero();
  }

  @Test
  public final void doesNotBlockTheCallerWhileThePolicyIsUnderWay() throws Exception {
    CompletableFuture<Object> ready = new CompletableFuture<>();
    engine()
        .call(
            FakeEngine.always(Directive.await(ready, TimeUnit.SECONDS.toNanos(60))),
            FakeEngine.send(a().endpoint()));
    CompletableFuture<ClientResponse> response = async().sendAsync(get(ORDERS + "/"));
    engine().takeOpened();
    assertThat(response).isNotDone();
    ready.complete("policy");
    assertThat(response.get(10, TimeUnit.SECONDS).text()).isEqualTo("a");
    engine().takeResponse();
    assertClosed(Outcome.COMPLETED, 200);
  }

  @Test
  public final void timesOutWithoutAThreadOfTheApplication() throws Exception {
    a().reply(UpstreamReply.hang());
    engine().call(FakeEngine.sendWithin(a().endpoint(), 150), FakeEngine.send(b().endpoint()));
    CompletableFuture<ClientResponse> response = async().sendAsync(get(ORDERS + "/"));
    assertThat(response.get(10, TimeUnit.SECONDS).text()).isEqualTo("b");
    engine().takeOpened();
    assertThat(engine().takeFailure().kind()).isEqualTo(FailureKind.TIMEOUT);
    engine().takeResponse();
    assertClosed(Outcome.COMPLETED, 200);
  }
}
