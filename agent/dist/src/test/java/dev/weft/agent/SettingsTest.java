package dev.weft.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.context.CallContext;
import dev.weft.identity.JoinToken;
import dev.weft.inbound.InboundRequest;
import dev.weft.model.Port;
import dev.weft.model.Registration;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
class SettingsTest {

  private final Map<String, String> properties = new HashMap<>();
  private final Map<String, String> environment = new HashMap<>();
  private @Nullable String arguments;

  private Settings settings() {
    return new Settings(arguments, properties, environment);
  }

  @Test
  void everythingHasADefault() {
    Settings settings = settings();
    assertThat(settings.warnings()).isEmpty();
    assertThat(settings.namespace()).isEqualTo("default");
    assertThat(settings.serviceAccount()).isEqualTo("default");
    assertThat(settings.serviceName()).isEqualTo("unknown");
    assertThat(settings.adminPort()).isEqualTo(15020);
    assertThat(settings.controlServers()).isEmpty();
    assertThat(settings.policyFile()).isNull();
  }

  @Test
  void aPropertyWinsOverAVariableAndThatOverAnArgument() {
    arguments = "namespace=c,service.account=c,locality=c";
    environment.put("WEFT_NAMESPACE", "b");
    environment.put("WEFT_SERVICE_ACCOUNT", "b");
    properties.put("weft.namespace", "a");
    Settings settings = settings();
    assertThat(settings.namespace()).isEqualTo("a");
    assertThat(settings.serviceAccount()).isEqualTo("b");
    assertThat(settings.locality()).isEqualTo("c");
    assertThat(settings.warnings()).isEmpty();
  }

  @Test
  void portsOfTheInletAreCheckedOneByOne() {
    assertThat(settings().inletPorts()).isEmpty();
    arguments = "inlet.ports=9000,80a,0,8080,namespace=shop";
    Settings settings = settings();
    assertThat(settings.inletPorts()).containsExactly(8080, 9000);
    assertThat(settings.namespace()).isEqualTo("shop");
    assertThat(settings.warnings())
        .containsExactly(
            "weft.inlet.ports: 80a (expected: ports from 1 to 65535, separated by commas); none is"
                + " used",
            "weft.inlet.ports: 0 (expected: ports from 1 to 65535, separated by commas); none is"
                + " used");
  }

  @Test
  void theInletLeavesPortsToTheirAdapters() {
    OpenPorts ports = new OpenPorts(Set.of(8080, 9000), true);
    ports.listening(8080);
    ports.listening(9000);
    ports.listening(7000);
    assertThat(ports.isInlet(8080)).isTrue();
    assertThat(ports.isInlet(7000)).isFalse();
    ports.opened(8080, "http", false);
    assertThat(ports.isInlet(8080)).isFalse();
    assertThat(ports.isReady()).isTrue();
    ports.closed(9000);
    assertThat(ports.inletLines())
        .containsExactlyInAnyOrder(
            "inlet on port 8080: stays out, its server has an adapter",
            "inlet on port 9000: waiting for a server");
  }

  @Test
  void theInletLeavesAuthorizationToWhoDecidesRequests() {
    OpenPorts ports = new OpenPorts(Set.of(8080), true);
    List<Registration> told = new ArrayList<>();
    ports.tell(change -> told.add(change.apply(Registration.builder().build())));
    ports.listening(8080);
    assertThat(ports.decidesRequests(8080)).isFalse();
    ports.openedForInlet(8080, "http");
    ports.openedForInlet(9000, "http");

    assertThat(ports.isInlet(8080)).isTrue();
    assertThat(ports.decidesRequests(8080)).isTrue();
    assertThat(ports.inletLines())
        .containsExactly("inlet on port 8080: mutual TLS; its requests are decided by an adapter");
    // Nobody could call the other one, for it takes no TLS.
    assertThat(told.get(told.size() - 1).ports()).extracting(Port::number).containsExactly(8080);
    ports.closed(8080);
    assertThat(ports.decidesRequests(8080)).isFalse();

    OpenPorts plaintext = new OpenPorts(Set.of(), false);
    plaintext.tell(change -> told.add(change.apply(Registration.builder().build())));
    plaintext.openedForInlet(9000, "http");
    assertThat(plaintext.decidesRequests(9000)).isFalse();
    assertThat(told.get(told.size() - 1).ports()).extracting(Port::number).containsExactly(9000);
  }

  @Test
  void headersThatTravelAreCheckedOneByOne() {
    arguments = "propagation.headers=x-version,end-user,Host,namespace=shop";
    Settings settings = settings();
    assertThat(settings.namespace()).isEqualTo("shop");
    assertThat(settings.warnings())
        .containsExactly(
            "weft.propagation.headers: Host (expected: at most 32 headers that are not about one"
                + " connection or one body); no such header is used");
    CallContext travels =
        settings
            .propagation()
            .arriving(
                new InboundRequest() {
                  @Override
                  public String method() {
                    return "GET";
                  }

                  @Override
                  public String scheme() {
                    return "http";
                  }

                  @Override
                  public String authority() {
                    return "";
                  }

                  @Override
                  public String path() {
                    return "/";
                  }

                  @Override
                  public String header(String name) {
                    return "1";
                  }

                  @Override
                  public @Nullable InetSocketAddress peerAddress() {
                    return null;
                  }

                  @Override
                  public int localPort() {
                    return 80;
                  }
                },
                "id");
    List<String> names = new ArrayList<>();
    travels.forEach((name, value) -> names.add(name));
    assertThat(names).contains("x-version", "end-user").doesNotContain("host");
  }

  @Test
  void listsInAnArgumentGoOnAfterTheComma() {
    arguments = "control.server=a:1,b:2,labels=version=v1,app=reviews,namespace=shop";
    Settings settings = settings();
    assertThat(settings.controlServers()).containsExactly("a:1", "b:2");
    assertThat(settings.labels()).containsEntry("version", "v1").containsEntry("app", "reviews");
    assertThat(settings.labels()).hasSize(2);
    assertThat(settings.namespace()).isEqualTo("shop");
    assertThat(settings.warnings()).isEmpty();
  }

  @Test
  void anUnknownSettingIsOneWarningWithTheClosestKnown() {
    arguments = "labels=version=v1,namspace=shop";
    environment.put("WEFT_SERVICENAME", "x");
    properties.put("weft.admin.prot", "1");
    assertThat(settings().warnings())
        .containsExactlyInAnyOrder(
            "unknown setting namspace (closest known: namespace)",
            "unknown setting WEFT_SERVICENAME (closest known: WEFT_SERVICE_NAME)",
            "unknown setting weft.admin.prot (closest known: weft.admin.port)");
  }

  @Test
  void variablesOfKubernetesAndOfTheCommandLineAreNoSettings() {
    environment.put("WEFT_HOME", "/opt/weft");
    environment.put("WEFT_SERVER", "http://weft:8181");
    environment.put("WEFT_JAVA_OPTS", "-Xmx1g");
    environment.put("WEFT_SERVER_SERVICE_HOST", "10.0.0.1");
    environment.put("WEFT_SERVER_PORT", "tcp://10.0.0.1:8181");
    environment.put("WEFT_SERVER_PORT_8181_TCP_ADDR", "10.0.0.1");
    assertThat(settings().warnings()).isEmpty();
  }

  @Test
  void aFileOfSecretsThatIsMissingIsNotTakenForNone() {
    properties.put("weft.token.file", "/no/such/file");
    List<String> told = new ArrayList<>();
    JoinFiles files = new JoinFiles(settings(), told::add);
    // To go on without would be to talk to the control server in plaintext.
    assertThat(files.isSecured()).isTrue();
    assertThat(files.hasToken()).isTrue();
    assertThat(files.token()).isNull();
    assertThat(files.token()).isNull();
    assertThat(told).hasSize(1);
    assertThat(told.get(0))
        .startsWith("weft.token.file: /no/such/file (expected: a file that can be read)");
  }

  @Test
  void aTokenIsReadAtEachUseAndNeverRepeated(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("token");
    properties.put("weft.token.file", file.toString());
    List<String> told = new ArrayList<>();
    JoinFiles files = new JoinFiles(settings(), told::add);
    Files.writeString(file, "not a token, and secret");
    assertThat(files.token()).isNull();
    assertThat(told).singleElement().asString().contains("holds no join token");
    assertThat(told.get(0)).doesNotContain("secret,").doesNotContain("not a token");
    String good = "weft-join.abcdefghijkl.c2VjcmV0." + "A".repeat(43);
    Files.writeString(file, good + "\n");
    JoinToken token = files.token();
    assertThat(token == null ? "" : token.text).isEqualTo(good);
    assertThat(token).hasToString("weft-join.abcdefghijkl");
  }

  @Test
  void aBadValueIsOneWarningAndTheDefault() {
    properties.put("weft.admin.port", "70000");
    properties.put("weft.namespace", "No Such");
    properties.put("weft.control.server", "localhost,good:8181");
    properties.put("weft.labels", "version=v1,app");
    properties.put("weft.instance.address", "myhost");
    properties.put("weft.locality", "a//c");
    properties.put("weft.enabled", "maybe");
    Settings settings = settings();
    assertThat(settings.adminPort()).isEqualTo(15020);
    assertThat(settings.namespace()).isEqualTo("default");
    assertThat(settings.controlServers()).containsExactly("good:8181");
    assertThat(settings.labels()).containsOnlyKeys("version");
    assertThat(settings.instanceAddress()).isNull();
    assertThat(settings.locality()).isEmpty();
    assertThat(settings.warnings())
        .hasSize(7)
        .contains(
            "weft.admin.port: 70000 (expected: a port from 1 to 65535, or 0 for off); 15020 is"
                + " used",
            "weft.namespace: No Such (expected: at most 63 of a-z, 0-9 and - (not at its ends));"
                + " default is used");
  }

  @Test
  void addressesOfBothFamiliesAreAddresses() {
    properties.put("weft.instance.address", "10.1.2.3");
    assertThat(settings().instanceAddress()).isEqualTo("10.1.2.3");
    properties.put("weft.instance.address", "fd00::1");
    assertThat(settings().instanceAddress()).isEqualTo("fd00::1");
    properties.put("weft.instance.address", "10.1.2.300");
    assertThat(settings().instanceAddress()).isNull();
  }

  @Test
  void theServiceIsNamedByTheFirstThatKnows() {
    properties.put("sun.java.command", "/app/target/Reviews_App-1.2.3.jar --port 1");
    assertThat(settings().serviceName()).isEqualTo("reviews-app");
    environment.put("SPRING_APPLICATION_NAME", "from-spring");
    assertThat(settings().serviceName()).isEqualTo("from-spring");
    environment.put("OTEL_SERVICE_NAME", "from-otel");
    assertThat(settings().serviceName()).isEqualTo("from-otel");
    properties.put("weft.service.name", "mine");
    assertThat(settings().serviceName()).isEqualTo("mine");
  }

  @Test
  void aMainClassNamesTheServiceToo() {
    properties.put("sun.java.command", "com.shop.ReviewsMain a b");
    assertThat(settings().serviceName()).isEqualTo("reviewsmain");
    properties.put("sun.java.command", "shop/com.shop.ReviewsMain");
    assertThat(settings().serviceName()).isEqualTo("reviewsmain");
  }

  @Test
  void aPolicyFileMayComeLater(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("policy.yaml");
    properties.put("weft.policy.file", file.toString());
    assertThat(settings().policyFile()).isEqualTo(file.toFile());
    assertThat(settings().warnings()).isEmpty();
    Files.createFile(file);
    properties.put("weft.root.cert", file.toString());
    assertThat(settings().rootCert()).isEqualTo(file.toFile());
  }
}
