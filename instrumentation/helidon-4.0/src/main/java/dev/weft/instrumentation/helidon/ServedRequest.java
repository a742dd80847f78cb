package dev.weft.instrumentation.helidon;

import dev.weft.bootstrap.Mesh;
import dev.weft.context.CallContext;
import dev.weft.outbound.LocalReply;
import dev.weft.outbound.Outcome;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.HttpPrologue;
import io.helidon.http.RequestException;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.http.Status;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import org.jspecify.annotations.Nullable;

/** A permitted request, from before its filters until it was answered, on one thread. */
final class ServedRequest {

  private final RoutingResponse response;
  private final Decision decision;
  private final CallContext before;

  /** A later policy does not allow it. */
  private volatile boolean revoked;

  private ServedRequest(RoutingResponse response, Decision decision) {
    this.response = response;
    this.decision = decision;
    this.before = decision.call.context().attach();
  }

  /** Null when the request was answered here. */
  static @Nullable ServedRequest enter(
      ConnectionContext connection, RoutingRequest request, RoutingResponse response) {
    try {
      HttpPrologue prologue = request.prologue();
      Decision decision = Decision.takeEarly(prologue);
      if (decision == null) {
        String authority = prologue.protocolVersion().startsWith("2") ? request.authority() : null;
        decision = Decision.of(new RequestView(connection, prologue, request.headers(), authority));
      }
      LocalReply reply = decision.reply();
      if (reply != null) {
        answer(reply, request, response, decision);
        return null;
      }
      ChangedHeaders.apply(request, decision.call.requestHeaders());
      ServedRequest served = new ServedRequest(response, decision);
      decision.call.onRevoked(() -> served.abort(connection));
      return served;
    } catch (Throwable t) {
      // Not decided must not become let in.
      Mesh.problem("inbound verdict", t);
      response.status(Status.create(503)).send();
      return null;
    }
  }

  private static void answer(
      LocalReply reply, RoutingRequest request, RoutingResponse response, Decision decision) {
    Outcome outcome = Outcome.FAILED;
    try {
      ServerResponseHeaders headers = response.headers();
      reply
          .headers()
          .apply(
              name -> headers.remove(HeaderNames.create(name)),
              (name, value) -> headers.set(HeaderValues.create(name, value)),
              (name, value) -> headers.add(HeaderValues.create(name, value)));
      byte[] body = reply.body();
      headers.set(HeaderValues.create(HeaderNames.CONTENT_LENGTH, body.length));
      boolean head = request.prologue().method().text().equals("HEAD");
      response.status(Status.create(reply.status())).send(head ? new byte[0] : body);
      response.commit();
      outcome = Outcome.COMPLETED;
    } finally {
      decision.end(outcome, reply.status());
    }
  }

  private void abort(ConnectionContext connection) {
    revoked = true;
    MeshSocket socket = MeshSocket.under(connection);
    if (socket != null) {
      socket.cut();
    }
  }

  /**
   * @param thrown what the server will deal with; null for nothing
   */
  void exit(@Nullable Throwable thrown) {
    CallContext.restore(before);
    int status = response.status().code();
    if (revoked) {
      decision.end(Outcome.FAILED, response.hasEntity() ? status : 0);
    } else if (thrown == null) {
      decision.end(Outcome.COMPLETED, status);
    } else if (response.hasEntity()) {
      decision.end(Outcome.FAILED, status);
    } else if (thrown instanceof RequestException) {
      decision.end(Outcome.COMPLETED, ((RequestException) thrown).status().code());
    } else {
      decision.end(Outcome.FAILED, 0);
    }
  }
}
