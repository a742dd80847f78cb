package dev.weft.agent;

import dev.weft.bootstrap.Mesh;
import dev.weft.controlclient.ControlClient;
import dev.weft.engine.Engine;
import dev.weft.engine.EngineSettings;
import dev.weft.engine.RandomSource;
import dev.weft.engine.RefusedConnections;
import dev.weft.identity.ControlSecurity;
import dev.weft.identity.IdentityReport;
import dev.weft.identity.MeshTransport;
import dev.weft.identity.Rotation;
import dev.weft.identity.WorkloadIdentity;
import dev.weft.inbound.ServerPorts;
import dev.weft.model.Registration;
import dev.weft.model.Rejection;
import dev.weft.model.Update;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The parts of the agent that prove who it is, connected to each other. */
final class MeshIdentity {

  /** On an instance: it can be called by mutual TLS. */
  private static final String TLS_MODE = "security.istio.io/tlsMode";

  private final IdentityTimer timer = new IdentityTimer();
  private final JoinFiles files;
  private final WorkloadIdentity identity;
  private final MeshTransport transport;
  private final @Nullable ControlSecurity security;
  private volatile @Nullable Rotation rotation;

  /**
   * @param engine asked once it is there: for whom to expect, and how ports must be called
   * @param refusals told of connections that would have been plaintext
   */
  MeshIdentity(Settings settings, Supplier<Engine> engine, RefusedConnections refusals) {
    this.files = new JoinFiles(settings, Console::say);
    this.identity =
        new WorkloadIdentity(timer, peerHost -> engine.get().expected(peerHost), Console::say);
    this.transport =
        new MeshTransport(identity, port -> engine.get().mutualTls(port), refusals, Console::say);
    this.security =
        files.isSecured()
            ? new ControlSecurity(identity, files.hasToken(), files::token, files::rootCertificates)
            : null;
  }

  MeshTransport transport() {
    return transport;
  }

  /** How the control server is talked to; null for plaintext. */
  @Nullable ControlSecurity security() {
    return security;
  }

  /** What the engine is told of us. */
  EngineSettings tell(EngineSettings settings) {
    EngineSettings told = settings.identityGeneration(identity::generation).connections(transport);
    return files.hasToken() ? told.identity(identity::id) : told;
  }

  /** Takes the trust bundle of an update, and says what is wrong with it. */
  List<Rejection> apply(Update update) {
    String reason = update.trustBundle() == null ? null : identity.accept(update.trustBundle());
    return reason == null
        ? Collections.emptyList()
        : Collections.singletonList(
            Rejection.builder().kind("TrustBundle").name("trust").reason(reason).build());
  }

  /**
   * Off the start path: gets the first certificate, if there is a token, and then lets the client
   * connect; without one it connects at once.
   */
  void start(@Nullable ControlClient client) {
    identity.start();
    if (client == null) {
      return;
    }
    if (!files.hasToken()) {
      client.start();
      return;
    }
    Rotation made =
        new Rotation(timer, RandomSource.SYSTEM, client.certificates(), identity, Console::say);
    rotation = made;
    identity.onChange(
        () -> {
          boolean able = identity.hasCertificate();
          client.update(registration -> withTlsMode(registration, able));
          client.wake();
        });
    // Whatever the answer: who waits for policy must not wait for a certificate for ever.
    made.firstAnswer().thenRun(client::start);
    made.start();
  }

  private static Registration withTlsMode(Registration registration, boolean able) {
    Map<String, String> labels = new LinkedHashMap<>(registration.labels());
    if (able) {
      labels.put(TLS_MODE, "istio");
    } else {
      labels.remove(TLS_MODE);
    }
    return registration.toBuilder().labels(labels).build();
  }

  /** Tells the transport of ports as well. */
  ServerPorts observing(ServerPorts ports) {
    return new ServerPorts() {
      @Override
      public void opened(int port, String protocol, boolean tls) {
        transport.opened(port, tls);
        ports.opened(port, protocol, tls);
      }

      @Override
      public void openedForInlet(int port, String protocol) {
        transport.opened(port, false);
        ports.openedForInlet(port, protocol);
      }

      @Override
      public boolean decidesRequests(int port) {
        return ports.decidesRequests(port);
      }

      @Override
      public void closed(int port) {
        transport.closed(port);
        ports.closed(port);
      }

      @Override
      public Set<Integer> inletPorts() {
        return ports.inletPorts();
      }

      @Override
      public boolean isInlet(int port) {
        return ports.isInlet(port);
      }

      @Override
      public void listening(int port) {
        ports.listening(port);
      }
    };
  }

  IdentityReport report() {
    return new IdentityReport(identity, transport, rotation);
  }

  void stop() {
    try {
      timer.stop();
    } catch (RuntimeException e) {
      Mesh.problem("identity stop", e);
    }
  }
}
