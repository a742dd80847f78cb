package dev.weft.control.push;

import static java.util.Objects.requireNonNull;

import com.linecorp.armeria.server.ServiceRequestContext;
import dev.weft.control.core.WorkloadIdentity;
import dev.weft.model.Registration;
import dev.weft.model.TrustBundle;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Finds out who opens a stream, turns away whom the server does not take, and holds agents to what
 * their certificate says.
 */
final class Caller implements ServerInterceptor {

  /** The identity that the transport proved; null for a caller without one. */
  static final Context.Key<WorkloadIdentity> KEY = Context.key("weft-caller");

  private final Function<ServiceRequestContext, @Nullable String> identity;
  private final boolean acceptsUnauthenticated;

  Caller(
      Function<ServiceRequestContext, @Nullable String> identity, boolean acceptsUnauthenticated) {
    this.identity = requireNonNull(identity, "identity");
    this.acceptsUnauthenticated = acceptsUnauthenticated;
  }

  @Override
  public <A, B> ServerCall.Listener<A> interceptCall(
      ServerCall<A, B> call, Metadata headers, ServerCallHandler<A, B> next) {
    String spiffeId = identity.apply(ServiceRequestContext.current());
    if (spiffeId == null) {
      return acceptsUnauthenticated
          ? next.startCall(call, headers)
          : refuse(
              call,
              Status.UNAUTHENTICATED.withDescription(
                  "no client certificate (expected: an agent with a join token, see weft token"
                      + " create; a server takes others with --insecure only)"));
    }
    WorkloadIdentity caller;
    try {
      caller = WorkloadIdentity.parse(spiffeId);
    } catch (IllegalArgumentException e) {
      return refuse(
          call, Status.PERMISSION_DENIED.withDescription("client certificate: " + e.getMessage()));
    }
    return Contexts.interceptCall(Context.current().withValue(KEY, caller), call, headers, next);
  }

  private static <A, B> ServerCall.Listener<A> refuse(ServerCall<A, B> call, Status status) {
    call.close(status, new Metadata());
    return new ServerCall.Listener<>() {};
  }

  /** What an agent says, and what its certificate says where it says nothing. */
  static Registration identified(Registration said, @Nullable WorkloadIdentity proof) {
    if (proof == null) {
      return said;
    }
    return said.toBuilder()
        .namespace(said.namespace().isEmpty() ? proof.namespace() : said.namespace())
        .serviceAccount(
            said.serviceAccount().isEmpty() ? proof.serviceAccount() : said.serviceAccount())
        .build();
  }

  /** Why an agent with this certificate may not register so; null: it may. */
  static @Nullable String contradiction(
      Registration said, WorkloadIdentity proof, TrustBundle mesh) {
    if (!mesh.trustDomain().equals(proof.trustDomain())
        && !mesh.trustDomainAliases().contains(proof.trustDomain())) {
      return "client certificate: "
          + proof
          + " (expected: one of the trust domain "
          + mesh.trustDomain()
          + ")";
    }
    if (!said.namespace().equals(proof.namespace())
        || !said.serviceAccount().equals(proof.serviceAccount())) {
      return "registration: namespace "
          + said.namespace()
          + " and service account "
          + said.serviceAccount()
          + ", but the client certificate is of "
          + proof
          + " (expected: agent settings namespace and service.account as in its join token)";
    }
    return null;
  }
}
