package dev.weft.engine;

import dev.weft.bootstrap.Mesh;
import dev.weft.engine.authorization.Decision;
import dev.weft.engine.authorization.Finding;
import dev.weft.engine.propagation.Propagation;
import dev.weft.engine.snapshot.InboundPlan;
import dev.weft.engine.tokens.Claims;
import dev.weft.engine.tokens.TokenPlan;
import dev.weft.inbound.InboundCall;
import dev.weft.inbound.InboundMesh;
import dev.weft.inbound.InboundRequest;
import dev.weft.model.InboundPolicy.MutualTls;
import dev.weft.outbound.HeaderMutations;
import dev.weft.outbound.LocalReply;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where requests arrive, in this order: transport rule, tokens, authorization (CUSTOM, DENY,
 * ALLOW), and only then the application. A failure of ours refuses the request if anything may, and
 * lets it in otherwise.
 */
final class InboundGate {

  private static final String CLIENT_CERTIFICATE = "x-forwarded-client-cert";
  private static final int MAX_REMEMBERED = 1024;

  private final Engine engine;
  private final Connections connections;
  private final @Nullable Supplier<String> ownId;
  private final PeerHeader peers = new PeerHeader();
  private final AuthorizerQuestions questions;
  private final Propagation propagation;

  /** By the hash of the peer's certificate: the same text for every request of a peer. */
  private final ConcurrentHashMap<String, HeaderMutations> certificates = new ConcurrentHashMap<>();

  InboundGate(Engine engine, EngineSettings settings) {
    this.engine = engine;
    this.connections = settings.connections();
    this.ownId = settings.identity();
    this.questions = new AuthorizerQuestions(settings.authorization());
    this.propagation = settings.propagation();
  }

  InboundCall open(InboundRequest request) {
    InboundPlan plan = engine.snapshot().inbound();
    InboundRecord record = null;
    try {
      InetSocketAddress remote = request.peerAddress();
      PeerIdentity identity = remote == null ? null : connections.peer(remote, request.localPort());
      record = new InboundRecord(engine, request, remote, identity, peers.of(request));
      HeaderMutations headers = clientCertificate(request, identity);
      String requestId = missingRequestId(request);
      record.carry(propagation.arriving(request, requestId));
      if (requestId != null) {
        headers =
            HeaderMutations.builder()
                .addAll(headers)
                .set(Propagation.REQUEST_ID, requestId)
                .build();
      }
      if (plan == null) {
        record.permit(headers);
      } else {
        decide(request, record, plan, headers);
      }
      return record;
    } catch (RuntimeException | LinkageError | VirtualMachineError e) {
      Mesh.problem("inbound open", e);
      return afterFailure(request, record, plan);
    }
  }

  /** Authorization of all that is known: who it is, from where, to which port. */
  InboundCall openConnection(InetSocketAddress remote, int localPort) {
    InboundPlan plan = engine.snapshot().inbound();
    try {
      InboundConnection connection =
          new InboundConnection(engine, remote, localPort, connections.peer(remote, localPort));
      if (plan != null) {
        connection.decideOn(plan);
      }
      connection.opened();
      return connection;
    } catch (RuntimeException | LinkageError | VirtualMachineError e) {
      Mesh.problem("inbound connection", e);
      if (plan == null || !plan.isEnforced(localPort)) {
        return InboundMesh.PERMIT_ALL.openConnection(remote, localPort);
      }
      return new Refusal(InboundConnection.CLOSED);
    }
  }

  /** One that is made for a request without; null for a request that has one. */
  private @Nullable String missingRequestId(InboundRequest request) {
    return request.header(Propagation.REQUEST_ID) == null ? engine.newRequestId() : null;
  }

  private InboundCall afterFailure(
      InboundRequest request, @Nullable InboundRecord record, @Nullable InboundPlan plan) {
    if (plan == null || !isEnforced(plan, request)) {
      return InboundMesh.PERMIT_ALL.open(request);
    }
    LocalReply reply = Replies.text(false, 403, Replies.DENIED, 0, HeaderMutations.NONE);
    if (record == null) {
      return new Refusal(reply);
    }
    record.refuse(reply, "weft_internal_failure");
    return record;
  }

  private static boolean isEnforced(InboundPlan plan, InboundRequest request) {
    try {
      return plan.isEnforced(request.localPort());
    } catch (RuntimeException e) {
      // Its view is broken altogether.
      return true;
    }
  }

  private void decide(
      InboundRequest request, InboundRecord record, InboundPlan plan, HeaderMutations headers) {
    boolean grpc = isGrpc(request);
    if (plan.mutualTls(record.localPort()) == MutualTls.STRICT && record.identity() == null) {
      // Accepted under an older policy: whoever comes again is refused before any HTTP.
      record.refuse(
          Replies.text(grpc, 403, "mutual TLS is required", 0, Replies.CLOSE),
          "peer_authentication_strict");
      return;
    }
    TokenPlan.Result tokens =
        plan.tokens == null ? null : plan.tokens.judge(request, engine.epochSeconds());
    if (tokens != null && tokens.failure != null) {
      record.refuse(
          Replies.text(grpc, tokens.status(), tokens.failure, 0, challenge(request)),
          "jwt_authn_access_denied{" + tokens.failure.replace(' ', '_') + "}");
      return;
    }
    Claims claims = tokens == null ? null : tokens.claims;
    record.decideOn(plan, claims, capture(request, plan.authorization.headers()));
    record.permit(
        tokens == null || tokens.headers.isEmpty()
            ? headers
            : HeaderMutations.builder().addAll(headers).addAll(tokens.headers).build());
    if (plan.authorization.isEmpty()) {
      return;
    }
    Decision decision = plan.authorization.decide(record.subject());
    record.found(decision.findings);
    if (decision.isAllowed() && !decision.ask.isEmpty()) {
      questions.ask(request, record, grpc, decision.ask);
    } else if (!decision.isAllowed()) {
      refuse(record, decision, grpc);
    }
  }

  private static void refuse(InboundRecord record, Decision decision, boolean grpc) {
    if (decision.result == Decision.Result.BAD_PATH) {
      record.refuse(
          Replies.text(grpc, 400, "Bad Request", 0, HeaderMutations.NONE), decision.details);
      return;
    }
    record.found(new Finding(Finding.Kind.DENIED, decision.policy));
    record.refuse(
        Replies.text(grpc, 403, Replies.DENIED, 0, HeaderMutations.NONE), decision.details);
  }

  private static HeaderMutations challenge(InboundRequest request) {
    String realm = request.scheme() + "://" + request.authority() + pathOf(request.path());
    return HeaderMutations.builder()
        .set(
            "www-authenticate",
            "Bearer realm=\"" + printable(realm) + "\", error=\"invalid_token\"")
        .build();
  }

  private static String pathOf(String path) {
    int query = path.indexOf('?');
    return query < 0 ? path : path.substring(0, query);
  }

  private static String printable(String text) {
    return text.replaceAll("[^!#-\\[\\]-~]", "");
  }

  static boolean isGrpc(InboundRequest request) {
    String type = request.header("content-type");
    return type != null
        && type.startsWith("application/grpc")
        && !type.startsWith("application/grpc-web");
  }

  private static Map<String, @Nullable String> capture(
      InboundRequest request, Collection<String> names) {
    if (names.isEmpty()) {
      return Collections.emptyMap();
    }
    Map<String, @Nullable String> captured = new HashMap<>();
    for (String name : names) {
      captured.put(name, header(request, name));
    }
    return Collections.unmodifiableMap(captured);
  }

  private static @Nullable String header(InboundRequest request, String name) {
    switch (name) {
      case ":authority":
      case "host":
        return request.authority();
      case ":method":
        return request.method();
      case ":path":
        return request.path();
      case ":scheme":
        return request.scheme();
      default:
        return request.header(name);
    }
  }

  /** Who the peer is, for the application; whatever a client wrote there itself is removed. */
  private HeaderMutations clientCertificate(
      InboundRequest request, @Nullable PeerIdentity identity) {
    if (ownId == null) {
      return HeaderMutations.NONE;
    }
    if (identity == null) {
      return request.header(CLIENT_CERTIFICATE) == null
          ? HeaderMutations.NONE
          : HeaderMutations.builder().remove(CLIENT_CERTIFICATE).build();
    }
    HeaderMutations known = certificates.get(identity.certificateHash);
    if (known == null) {
      if (certificates.size() >= MAX_REMEMBERED) {
        certificates.clear();
      }
      known = clientCertificate(identity, ownId.get());
      certificates.put(identity.certificateHash, known);
    }
    return known;
  }

  private static HeaderMutations clientCertificate(PeerIdentity identity, String ownId) {
    return HeaderMutations.builder()
        .set(
            CLIENT_CERTIFICATE,
            "By="
                + ownId
                + ";Hash="
                + identity.certificateHash
                + ";Subject=\""
                + identity.subject.replace("\\", "\\\\").replace("\"", "\\\"")
                + "\";URI="
                + identity.id)
        .build();
  }

  /** A request of which nothing could be read. */
  private static final class Refusal implements InboundCall {
    private final LocalReply reply;

    Refusal(LocalReply reply) {
      this.reply = reply;
    }

    @Override
    public @Nullable LocalReply reply() {
      return reply;
    }

    @Override
    public void close(dev.weft.outbound.Outcome outcome, int status) {
      // The failure was counted.
    }
  }
}
