package dev.weft.instrumentation.springcloud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.weft.instrumentation.httpurlconnection.HttpUrlConnectionInstrumentation;
import dev.weft.testkit.FakeEngine;
import dev.weft.testkit.InstalledAdapter;
import dev.weft.testkit.ScriptedUpstream;
import dev.weft.testkit.UpstreamReply;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.cloud.client.loadbalancer.LoadBalanced;
import org.springframework.cloud.openfeign.EnableFeignClients;
import org.springframework.cloud.openfeign.FeignClient;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.core.SpringVersion;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestTemplate;

/** A whole application: its library, configured as usual, has an instance of its own to choose. */
@Timeout(180)
class SpringCloudApplicationTest {

  @RegisterExtension
  static final InstalledAdapter ADAPTERS =
      InstalledAdapter.of(
          new SpringCloudInstrumentation(),
          new ReactiveInstrumentation(),
          new FeignInstrumentation(),
          new HttpUrlConnectionInstrumentation());

  /** The application. */
  @SpringBootConfiguration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  static class Application {

    @Bean
    @LoadBalanced
    RestTemplate template() {
      return new RestTemplate();
    }
  }

  /** Apart: Spring 5.2 scans with a reader that does not know the class files of Java 17. */
  @SpringBootConfiguration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  @EnableFeignClients(clients = Orders.class)
  static class FeignApplication {}

  /** A client of Feign. */
  @FeignClient("orders")
  interface Orders {

    @GetMapping("/7")
    String seven();
  }

  private FakeEngine engine;
  private ScriptedUpstream chosenByTheLibrary;
  private ScriptedUpstream chosenByTheMesh;
  private ConfigurableApplicationContext application;

  @BeforeEach
  void start() throws IOException {
    start(Application.class);
  }

  private void start(Class<?> configuration) throws IOException {
    engine = FakeEngine.install();
    chosenByTheLibrary = ScriptedUpstream.start("library");
    chosenByTheMesh = ScriptedUpstream.start("mesh");
    String instance = "127.0.0.1:" + chosenByTheLibrary.port();
    application =
        new SpringApplicationBuilder(configuration)
            .web(WebApplicationType.NONE)
            .properties(
                "spring.cloud.discovery.client.simple.instances.orders[0].uri=http://" + instance,
                "spring.cloud.loadbalancer.retry.enabled=true",
                "ribbon.eureka.enabled=false",
                "orders.ribbon.listOfServers=" + instance,
                "orders.ribbon.MaxAutoRetriesNextServer=3",
                "spring.cloud.httpclientfactories.apache.enabled=false",
                "logging.level.root=ERROR")
            .run();
  }

  @AfterEach
  void stop() throws IOException {
    application.close();
    engine.close();
    chosenByTheLibrary.close();
    chosenByTheMesh.close();
  }

  @Test
  void theMeshsChoiceCountsWhereItRoutesAndTheLibrarysElsewhere() throws Exception {
    RestTemplate template = application.getBean(RestTemplate.class);
    engine.call(FakeEngine.passThrough());
    chosenByTheLibrary.reply(UpstreamReply.ok("library"));
    assertThat(template.getForObject("http://orders/7", String.class)).isEqualTo("library");

    engine.routes("orders:80").call(FakeEngine.send(chosenByTheMesh.endpoint()));
    chosenByTheMesh.reply(UpstreamReply.ok("mesh"));
    assertThat(template.getForObject("http://orders/7", String.class)).isEqualTo("mesh");
    assertThat(chosenByTheMesh.takeRequest().header("Host")).isEqualTo("orders");
  }

  @Test
  void theSameHoldsForFeign() throws Exception {
    assumeThat(SpringVersion.getVersion()).doesNotStartWith("5.");
    stop();
    start(FeignApplication.class);
    Orders orders = application.getBean(Orders.class);
    engine.call(FakeEngine.passThrough());
    chosenByTheLibrary.reply(UpstreamReply.ok("library"));
    assertThat(orders.seven()).isEqualTo("library");

    engine.routes("orders:80").call(FakeEngine.send(chosenByTheMesh.endpoint()));
    chosenByTheMesh.reply(UpstreamReply.ok("mesh"));
    assertThat(orders.seven()).isEqualTo("mesh");
    assertThat(chosenByTheMesh.takeRequest().header("Host")).isEqualTo("orders");
  }

  @Test
  void theLibraryTriesNoGovernedRequestAgain() throws Exception {
    engine
        .routes("orders:80")
        .call(FakeEngine.send(ScriptedUpstream.deadEndpoint()), FakeEngine.deliver());
    assertThatThrownBy(
            () ->
                application
                    .getBean(RestTemplate.class)
                    .getForObject("http://orders/7", String.class))
        .isInstanceOf(ResourceAccessException.class);
    engine.takeOpened();
    engine.takeFailure();
    engine.takeClosed();
    engine.assertNothingLeft();
  }
}
