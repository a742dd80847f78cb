package dev.weft.instrumentation.springcloud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.instrumentation.httpurlconnection.HttpUrlConnectionInstrumentation;
import dev.weft.outbound.Outcome;
import dev.weft.testkit.FakeEngine;
import dev.weft.testkit.InstalledAdapter;
import dev.weft.testkit.ScriptedUpstream;
import dev.weft.testkit.UpstreamReply;
import feign.Client;
import feign.Request;
import feign.Response;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Proxy;
import java.net.ConnectException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.loadbalancer.LoadBalancerClient;
import org.springframework.cloud.client.loadbalancer.LoadBalancerInterceptor;
import org.springframework.cloud.client.loadbalancer.LoadBalancerRequest;
import org.springframework.cloud.client.loadbalancer.reactive.ReactorLoadBalancerExchangeFilterFunction;
import org.springframework.http.HttpMethod;
import org.springframework.web.client.RestTemplate;
import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.ExchangeFilterFunction;
import reactor.core.publisher.Mono;

/** The library's real interceptors, filters and clients on what they would ask and send with. */
@Timeout(60)
class SpringCloudContractTest {

  @RegisterExtension
  static final InstalledAdapter ADAPTERS =
      InstalledAdapter.of(
          new SpringCloudInstrumentation(),
          new ReactiveInstrumentation(),
          new FeignInstrumentation(),
          new HttpUrlConnectionInstrumentation());

  private static final URI ORDERS = URI.create("http://orders.invalid/7");

  private final List<String> asked = new ArrayList<>();
  private FakeEngine engine;
  private ScriptedUpstream upstream;

  @BeforeEach
  void start() throws IOException {
    engine = FakeEngine.install();
    upstream = ScriptedUpstream.start("orders");
  }

  @AfterEach
  void stop() throws IOException {
    engine.close();
    upstream.close();
  }

  @Test
  void aNameThatTheMeshRoutesGoesOutAsTheApplicationWroteIt() throws Exception {
    engine.routes("orders.invalid:80").call(FakeEngine.send(upstream.endpoint()));
    upstream.reply(UpstreamReply.ok("seven"));
    assertThat(template().getForObject(ORDERS, String.class)).isEqualTo("seven");
    assertThat(upstream.takeRequest().header("Host")).isEqualTo("orders.invalid");
    assertThat(asked).isEmpty();
    assertThat(engine.takeOpened().authority()).isEqualTo("orders.invalid");
    engine.takeResponse();
    assertThat(engine.takeClosed().outcome()).isEqualTo(Outcome.COMPLETED);
    engine.assertNothingLeft();
  }

  @Test
  void theLibraryChoosesForOtherNames() throws Exception {
    engine.call(FakeEngine.passThrough());
    upstream.reply(UpstreamReply.ok("chosen"));
    assertThat(template().getForObject(ORDERS, String.class)).isEqualTo("chosen");
    assertThat(asked).containsExactly("orders.invalid");
    assertThat(engine.takeOpened().port()).isEqualTo(upstream.port());
  }

  @Test
  void waitsForThePolicyOfANewName() throws Exception {
    CompletableFuture<Boolean> answer = new CompletableFuture<>();
    engine.routes("orders.invalid:80", answer).call(FakeEngine.send(upstream.endpoint()));
    upstream.reply(UpstreamReply.ok("seven"));
    CompletableFuture<String> result =
        CompletableFuture.supplyAsync(() -> template().getForObject(ORDERS, String.class));
    answer.complete(true);
    assertThat(result.get(10, TimeUnit.SECONDS)).isEqualTo("seven");
    assertThat(asked).isEmpty();
  }

  @Test
  void theLibraryChoosesWhenThePolicyDoesNotCome() throws Exception {
    engine.routes("orders.invalid:80", new CompletableFuture<>()).call(FakeEngine.passThrough());
    upstream.reply(UpstreamReply.ok("chosen"));
    assertThat(template().getForObject(ORDERS, String.class)).isEqualTo("chosen");
    assertThat(asked).containsExactly("orders.invalid");
  }

  @Test
  void theLibraryChoosesWhenWhatSendsIsNotGoverned() throws Exception {
    // As if no adapter were in the client: the name goes to DNS, which does not know it.
    engine
        .routes("orders.invalid:80")
        .call(FakeEngine.passThrough())
        .call(FakeEngine.passThrough());
    upstream.reply(UpstreamReply.ok("chosen"));
    assertThat(template().getForObject(ORDERS, String.class)).isEqualTo("chosen");
    assertThat(asked).containsExactly("orders.invalid");
  }

  @Test
  void aFailureOfAGovernedRequestIsTheApplicationsAndTriedNoSecondTime() throws Exception {
    engine
        .routes("orders.invalid:80")
        .call(FakeEngine.send(ScriptedUpstream.deadEndpoint()), FakeEngine.deliver());
    assertThatThrownBy(() -> template().getForObject(ORDERS, String.class))
        .hasRootCauseInstanceOf(ConnectException.class);
    assertThat(asked).isEmpty();
    engine.takeOpened();
    engine.takeFailure();
    engine.takeClosed();
    engine.assertNothingLeft();
  }

  @Test
  void aWebClientsFilterHandsARoutedNameOn() throws Exception {
    engine.routes("orders.invalid:80");
    assertThat(exchanged().block(Duration.ofSeconds(10))).isEqualTo("sent " + ORDERS);
    assertThat(asked).isEmpty();
  }

  @Test
  void aWebClientsFilterWaitsWithoutAThread() throws Exception {
    CompletableFuture<Boolean> answer = new CompletableFuture<>();
    engine.routes("orders.invalid:80", answer);
    CompletableFuture<String> sent = exchanged().toFuture();
    assertThat(sent).isNotDone();
    answer.complete(true);
    assertThat(sent.get(10, TimeUnit.SECONDS)).isEqualTo("sent " + ORDERS);
  }

  @Test
  void aWebClientsFilterChoosesForOtherNames() throws Exception {
    assertThat(exchanged().block(Duration.ofSeconds(10))).startsWith("503");
    assertThat(asked).containsExactly("orders.invalid");
  }

  @Test
  void feignClientsSendARoutedNameWithWhatTheyHave() throws Exception {
    engine.routes("orders.invalid:80");
    int clients = 0;
    for (String name :
        new String[] {
          "loadbalancer.FeignBlockingLoadBalancerClient",
          "loadbalancer.RetryableFeignBlockingLoadBalancerClient",
          "ribbon.LoadBalancerFeignClient"
        }) {
      Client client = feign(name);
      if (client != null) {
        clients++;
        asked.clear();
        client.execute(request(), new Request.Options());
        assertThat(asked).as(name).containsExactly("sent " + ORDERS);
      }
    }
    assertThat(clients).isGreaterThanOrEqualTo(2);
  }

  /** What was sent, or the status that the filter answered itself. */
  private Mono<String> exchanged() throws ReflectiveOperationException {
    Constructor<?> constructor =
        ReactorLoadBalancerExchangeFilterFunction.class.getConstructors()[0];
    Object factory = answering(constructor.getParameterTypes()[0]);
    ExchangeFilterFunction filter =
        (ExchangeFilterFunction)
            (constructor.getParameterCount() == 1
                ? constructor.newInstance(factory)
                : constructor.newInstance(factory, Collections.emptyList()));
    List<String> sent = new ArrayList<>();
    return filter
        .filter(
            ClientRequest.create(HttpMethod.GET, ORDERS).build(),
            request -> {
              sent.add("sent " + request.url());
              return Mono.just((ClientResponse) answering(ClientResponse.class));
            })
        .map(response -> sent.isEmpty() ? status(response) : sent.get(0));
  }

  /** The type of a status changed between the versions. */
  private static String status(ClientResponse response) {
    try {
      return String.valueOf(ClientResponse.class.getMethod("statusCode").invoke(response));
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("statusCode", e);
    }
  }

  /** Has no load balancer for any name, and remembers who asked. */
  private Object answering(Class<?> type) {
    return Proxy.newProxyInstance(
        type.getClassLoader(),
        new Class<?>[] {type},
        (proxy, method, arguments) -> {
          if (method.getName().equals("getInstance") && arguments.length == 1) {
            asked.add(String.valueOf(arguments[0]));
          }
          if (method.getName().equals("getProperties")) {
            return method.getReturnType().getConstructor().newInstance();
          }
          return method.getReturnType() == Map.class ? Collections.emptyMap() : null;
        });
  }

  /** Null where this version does not have it. */
  private @Nullable Client feign(String name) throws ReflectiveOperationException {
    Class<?> type;
    try {
      type = Class.forName("org.springframework.cloud.openfeign." + name);
    } catch (ClassNotFoundException e) {
      return null;
    }
    Constructor<?> constructor = type.getConstructors()[0];
    Object[] arguments = new Object[constructor.getParameterCount()];
    arguments[0] =
        (Client)
            (request, options) -> {
              asked.add("sent " + request.url());
              return Response.builder()
                  .status(200)
                  .request(request)
                  .headers(Collections.emptyMap())
                  .build();
            };
    for (int i = 1; i < arguments.length; i++) {
      arguments[i] =
          constructor.getParameterTypes()[i] == List.class ? Collections.emptyList() : null;
    }
    return (Client) constructor.newInstance(arguments);
  }

  private static Request request() {
    Map<String, Collection<String>> none = Collections.emptyMap();
    return Request.create(
        Request.HttpMethod.GET, ORDERS.toString(), none, null, StandardCharsets.UTF_8, null);
  }

  private RestTemplate template() {
    RestTemplate template = new RestTemplate();
    template.getInterceptors().add(new LoadBalancerInterceptor(new OneInstance()));
    return template;
  }

  /** Always chooses the upstream. */
  private final class OneInstance implements LoadBalancerClient {

    @Override
    public <T> T execute(String serviceId, LoadBalancerRequest<T> request) throws IOException {
      asked.add(serviceId);
      return execute(serviceId, choose(serviceId), request);
    }

    @Override
    public <T> T execute(String serviceId, ServiceInstance instance, LoadBalancerRequest<T> request)
        throws IOException {
      try {
        return request.apply(instance);
      } catch (IOException e) {
        throw e;
      } catch (Exception e) {
        throw new IOException(e);
      }
    }

    @Override
    public URI reconstructURI(ServiceInstance instance, URI original) {
      return URI.create("http://127.0.0.1:" + upstream.port() + original.getPath());
    }

    @Override
    public ServiceInstance choose(String serviceId) {
      return (ServiceInstance)
          Proxy.newProxyInstance(
              ServiceInstance.class.getClassLoader(),
              new Class<?>[] {ServiceInstance.class},
              (proxy, method, arguments) -> null);
    }
  }
}
