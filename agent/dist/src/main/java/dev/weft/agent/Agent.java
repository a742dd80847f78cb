package dev.weft.agent;

import dev.weft.bootstrap.Mesh;
import dev.weft.controlclient.ControlClient;
import dev.weft.engine.Engine;
import dev.weft.engine.EngineSettings;
import dev.weft.engine.HostDirectory;
import dev.weft.engine.PolicySink;
import dev.weft.engine.RandomSource;
import dev.weft.engine.RefusedConnections;
import dev.weft.engine.Ticker;
import dev.weft.engine.Workload;
import dev.weft.extauthz.HttpAuthorization;
import dev.weft.identity.IdentityReport;
import dev.weft.jwt.JwtVerifier;
import dev.weft.model.Registration;
import dev.weft.model.Rejection;
import dev.weft.model.Update;
import dev.weft.telemetry.AdminServer;
import dev.weft.telemetry.OpenTelemetry;
import dev.weft.telemetry.SpanMesh;
import dev.weft.tooling.AdapterStates;
import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import org.jspecify.annotations.Nullable;

/**
 * The running agent: who is connected to whom. Policy comes from the control server or, in
 * stand-alone mode, from a file; without either every request passes through and is counted.
 */
final class Agent {

  private static final long LOOK_SECONDS = 5;

  private final Settings settings;
  private final File jar;
  private final Engine engine;
  private final OpenPorts ports;
  private final LateTelemetry telemetry;
  private final RefusedConnections refusals = new RefusedConnections(Ticker.SYSTEM, Console::say);
  private final MeshIdentity identity;
  private final @Nullable ControlClient control;
  private final @Nullable LocalPolicy local;
  private final CountDownLatch stopped = new CountDownLatch(1);

  Agent(Settings settings, File jar) {
    this.settings = settings;
    this.jar = jar;
    this.ports =
        new OpenPorts(
            settings.inletPorts(), settings.token() != null || settings.tokenFile() != null);
    Workload self = Identity.workload(settings);
    this.telemetry = new LateTelemetry(self, this::version);
    Registration registration = Identity.registration(settings, self);
    EngineSink sink = new EngineSink();
    this.identity = new MeshIdentity(settings, sink::engine, refusals);
    sink.identity = identity;
    File policyFile = settings.policyFile();
    this.local =
        policyFile == null ? null : new LocalPolicy(policyFile, registration, sink, Console::say);
    this.control =
        local != null || settings.controlServers().isEmpty()
            ? null
            : ControlClient.builder()
                .servers(String.join(",", settings.controlServers()))
                .registration(registration)
                .sink(sink)
                .stateDirectory(settings.stateDir().toPath())
                .security(identity.security())
                .log(Console::say)
                .build();
    this.engine =
        new Engine(
            self,
            Ticker.SYSTEM,
            RandomSource.SYSTEM,
            telemetry,
            directory(),
            identity.tell(
                EngineSettings.DEFAULTS
                    .patienceNanos(TimeUnit.SECONDS.toNanos(10))
                    .propagation(settings.propagation())
                    .tokens(new JwtVerifier())
                    .refusals(refusals)
                    .ownAddresses(InstanceAddress::isOwn)
                    .authorization(new HttpAuthorization())));
    sink.engine = engine;
  }

  private HostDirectory directory() {
    if (control != null) {
      return control;
    }
    return local != null ? local : HostDirectory.NONE;
  }

  /**
   * On the start path: brings back the last good policy and lets adapters find the engine.
   *
   * @return what adapters found before
   */
  Mesh restoreAndServe() {
    if (control != null) {
      control.restore();
    }
    SpanMesh traced = new SpanMesh(engine, engine, new OpenTelemetry());
    return Mesh.install(
        new Mesh(traced, traced, identity.transport(), identity.observing(ports), telemetry));
  }

  /** Everything else, off the start path. */
  void startThread(AdapterStates adapters) {
    Thread thread = new Thread(null, () -> run(adapters), "weft-agent");
    thread.setDaemon(true);
    thread.setContextClassLoader(null);
    thread.start();
    Thread hook = new Thread(null, this::stop, "weft-shutdown");
    hook.setContextClassLoader(null);
    Runtime.getRuntime().addShutdownHook(hook);
  }

  private void run(AdapterStates adapters) {
    try {
      if (local != null) {
        local.refresh();
        if (!settings.controlServers().isEmpty()) {
          Console.say("weft.policy.file is set: weft.control.server is not used");
        }
      }
      if (control != null) {
        describe(control);
      }
      identity.start(control);
      serveAdmin(adapters);
      List<String> told = Collections.emptyList();
      do {
        told = tell(adapters, told);
        if (local != null) {
          local.refresh();
        }
      } while (!stopped.await(LOOK_SECONDS, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      // Nobody else has this thread: it is the JVM's end.
    } catch (Throwable t) {
      Mesh.problem("weft-agent thread", t);
    }
  }

  private void describe(ControlClient client) {
    String address =
        settings.instanceAddress() != null
            ? settings.instanceAddress()
            : InstanceAddress.find(settings.controlServers());
    String version = version();
    client.update(
        registration -> registration.toBuilder().address(address).agentVersion(version).build());
    ports.tell(client::update);
  }

  private void serveAdmin(AdapterStates adapters) {
    if (settings.adminPort() == 0) {
      return;
    }
    ControlClient client = control;
    telemetry
        .get()
        .observe(
            engine.view(),
            () -> client == null ? policyFileAge() : client.policyAgeSeconds(),
            () -> client != null && client.connected());
    IdentityReport report = identity.report();
    telemetry
        .get()
        .observeCertificate(report::secondsToExpiry, report::renewals, report::failedRenewals);
    telemetry.get().observeRefusals(refusals::counts);
    AdminServer.start(
        settings.adminPort(),
        telemetry.get(),
        engine.view(),
        ports::isReady,
        () -> shown(adapters),
        report::view,
        Console::say);
  }

  /** A file that is there is current. */
  private double policyFileAge() {
    return local != null && engine.view().policy().version > 0 ? 0 : Double.NaN;
  }

  private List<String> tell(AdapterStates adapters, List<String> told) {
    List<String> lines = lines(adapters);
    List<String> libraries = adapters.libraries();
    // Every change reaches the server's store, and a refusal may repeat without end.
    List<String> refused = refusals.roughLines();
    List<String> all = new ArrayList<>(lines);
    all.addAll(libraries);
    all.addAll(refused);
    if (control != null && !all.equals(told)) {
      control.update(
          registration ->
              registration.toBuilder()
                  .adapters(lines)
                  .libraries(libraries)
                  .refusals(refused)
                  .build());
    }
    return all;
  }

  private List<String> lines(AdapterStates adapters) {
    List<String> lines = new ArrayList<>(adapters.lines());
    lines.addAll(ports.inletLines());
    return lines;
  }

  private List<String> shown(AdapterStates adapters) {
    List<String> lines = lines(adapters);
    for (String library : adapters.libraries()) {
      lines.add("found " + library);
    }
    lines.addAll(refusals.lines());
    return lines;
  }

  private void stop() {
    try {
      stopped.countDown();
      if (control != null) {
        ports.drain();
        control.close();
      }
      identity.stop();
    } catch (Throwable t) {
      Mesh.problem("agent stop", t);
    }
  }

  private String version() {
    try (JarFile file = new JarFile(jar, false)) {
      Manifest manifest = file.getManifest();
      String version =
          manifest == null
              ? null
              : manifest.getMainAttributes().getValue(Attributes.Name.IMPLEMENTATION_VERSION);
      return version == null ? "unknown" : version;
    } catch (IOException e) {
      return "unknown";
    }
  }

  /** Policy may come before the engine that is made with its source. */
  private static final class EngineSink implements PolicySink {
    private volatile @Nullable Engine engine;
    private volatile @Nullable MeshIdentity identity;

    Engine engine() {
      Engine to = engine;
      if (to == null) {
        throw new IllegalStateException("policy before the engine");
      }
      return to;
    }

    @Override
    public List<Rejection> apply(Update update) {
      List<Rejection> rejections = new ArrayList<>(engine().apply(update));
      MeshIdentity connections = identity;
      if (connections != null) {
        rejections.addAll(connections.apply(update));
      }
      return rejections;
    }
  }
}
