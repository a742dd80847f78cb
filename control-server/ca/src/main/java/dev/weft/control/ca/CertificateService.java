package dev.weft.control.ca;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.weft.control.core.AccessRefused;
import dev.weft.control.core.StoredToken;
import dev.weft.control.core.Tokens;
import dev.weft.control.core.WorkloadIdentity;
import dev.weft.wire.proto.CertificateAuthority.IstioCertificateRequest;
import dev.weft.wire.proto.CertificateAuthority.IstioCertificateResponse;
import dev.weft.wire.proto.IstioCertificateServiceGrpc;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code istio.v1.auth.IstioCertificateService}: who asks is told by a join token or by the
 * certificate that is to be renewed, never by the request itself. Runs on threads that may block.
 */
final class CertificateService {

  private static final Logger LOG = LoggerFactory.getLogger(CertificateService.class);

  private static final String BEARER = "Bearer ";

  private final MeshAuthority authority;
  private final Tokens tokens;
  private final Function<ServiceRequestContext, @Nullable WorkloadIdentity> peers;
  private final Audit audit;

  CertificateService(
      MeshAuthority authority,
      Tokens tokens,
      Function<ServiceRequestContext, @Nullable WorkloadIdentity> peers,
      Audit audit) {
    this.authority = authority;
    this.tokens = tokens;
    this.peers = peers;
    this.audit = audit;
  }

  /** Who asks, and by what. */
  private record Caller(WorkloadIdentity identity, String how, @Nullable StoredToken token) {}

  /** No certificate, and what the agent is told. */
  private static final class Refusal extends Exception {
    private static final long serialVersionUID = 1L;
    private final transient Status status;

    Refusal(Status status, String message) {
      super(message);
      this.status = status.withDescription(message);
    }
  }

  ServerServiceDefinition grpc() {
    MethodDescriptor<IstioCertificateRequest, IstioCertificateResponse> lite =
        IstioCertificateServiceGrpc.getCreateCertificateMethod();
    return ServerServiceDefinition.builder(IstioCertificateServiceGrpc.SERVICE_NAME)
        .addMethod(
            lite.toBuilder(
                    new Plain<>(lite.getRequestMarshaller()),
                    new Plain<>(lite.getResponseMarshaller()))
                .build(),
            ServerCalls.asyncUnaryCall(this::create))
        .build();
  }

  /** Hides that a marshaller has a prototype, which Armeria would take for one it can cast. */
  private record Plain<T>(MethodDescriptor.Marshaller<T> marshaller)
      implements MethodDescriptor.Marshaller<T> {

    @Override
    public InputStream stream(T value) {
      return marshaller.stream(value);
    }

    @Override
    public T parse(InputStream stream) {
      return marshaller.parse(stream);
    }
  }

  private void create(
      IstioCertificateRequest request, StreamObserver<IstioCertificateResponse> response) {
    ServiceRequestContext context = ServiceRequestContext.current();
    String address = address(context);
    String authorization = context.request().headers().get(HttpHeaderNames.AUTHORIZATION, "");
    String how = authorization.isEmpty() ? "client certificate" : "join token";
    try {
      Caller caller = caller(context, authorization, address);
      how = caller.how();
      List<X509Certificate> chain = issue(caller, request);
      audit.issued(caller.identity(), chain.get(0), how, address);
      IstioCertificateResponse.Builder answer = IstioCertificateResponse.newBuilder();
      chain.forEach(certificate -> answer.addCertChain(Pem.of(certificate)));
      response.onNext(answer.build());
      response.onCompleted();
    } catch (Refusal refusal) {
      authority.countRefused();
      audit.refused(String.valueOf(refusal.getMessage()), how, address);
      response.onError(refusal.status.asRuntimeException());
    } catch (RuntimeException e) {
      authority.countRefused();
      LOG.error("no certificate for a request from {}", address, e);
      response.onError(
          Status.UNAVAILABLE
              .withDescription("the certificate authority failed: " + Pem.why(e))
              .asRuntimeException());
    }
  }

  private List<X509Certificate> issue(Caller caller, IstioCertificateRequest request)
      throws Refusal {
    CertificateRequest asked;
    try {
      asked = CertificateRequest.parse(request.getCsr());
    } catch (CertificateRequest.BadRequest e) {
      throw new Refusal(Status.INVALID_ARGUMENT, String.valueOf(e.getMessage()));
    }
    long seconds = request.getValidityDuration();
    if (seconds < 0) {
      throw new Refusal(
          Status.INVALID_ARGUMENT, "validity_duration: " + seconds + " (expected: seconds, or 0)");
    }
    if (caller.token() != null) {
      // Counted last of all that may fail, and before anything is signed.
      try {
        tokens.use(caller.token(), asked.fingerprint());
      } catch (AccessRefused e) {
        throw new Refusal(Status.UNAUTHENTICATED, String.valueOf(e.getMessage()));
      }
    }
    return authority.issue(caller.identity(), asked.key(), Duration.ofSeconds(seconds));
  }

  private Caller caller(ServiceRequestContext context, String authorization, String address)
      throws Refusal {
    if (context.sslSession() == null) {
      throw new Refusal(
          Status.UNAUTHENTICATED,
          "certificates are issued over TLS only (this call came in plaintext)");
    }
    if (!authorization.isEmpty()) {
      return byToken(authorization, address);
    }
    WorkloadIdentity peer = peers.apply(context);
    if (peer == null) {
      throw new Refusal(
          Status.UNAUTHENTICATED,
          "neither a join token nor a valid client certificate (expected: one of them; weft token"
              + " create makes a token)");
    }
    if (peer.namespace().equals(WorkloadIdentity.SYSTEM_NAMESPACE)) {
      throw new Refusal(
          Status.PERMISSION_DENIED, peer + ": the control server's identity is not issued");
    }
    return new Caller(peer, "client certificate", null);
  }

  private Caller byToken(String authorization, String address) throws Refusal {
    if (!authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
      throw new Refusal(
          Status.UNAUTHENTICATED, "authorization: another scheme (expected: Bearer <join token>)");
    }
    try {
      StoredToken token =
          tokens.authenticate(
              StoredToken.Type.JOIN, authorization.substring(BEARER.length()).strip(), address);
      WorkloadIdentity identity =
          new WorkloadIdentity(authority.trustDomain(), token.namespace(), token.serviceAccount());
      return new Caller(identity, "join token " + token.id(), token);
    } catch (AccessRefused e) {
      throw new Refusal(
          e.retryAfterSeconds() > 0 ? Status.RESOURCE_EXHAUSTED : Status.UNAUTHENTICATED,
          String.valueOf(e.getMessage()));
    }
  }

  private static String address(ServiceRequestContext context) {
    InetSocketAddress remote = context.remoteAddress();
    return remote.getAddress() == null ? "unknown" : remote.getAddress().getHostAddress();
  }
}
