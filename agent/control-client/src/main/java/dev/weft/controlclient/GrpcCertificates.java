package dev.weft.controlclient;

import dev.weft.identity.CertificateSource;
import dev.weft.identity.ControlSecurity;
import dev.weft.identity.JoinToken;
import dev.weft.wire.proto.CertificateAuthority.IstioCertificateRequest;
import dev.weft.wire.proto.CertificateAuthority.IstioCertificateResponse;
import dev.weft.wire.proto.IstioCertificateServiceGrpc;
import dev.weft.wire.proto.IstioCertificateServiceGrpc.IstioCertificateServiceStub;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * Gets certificates from control servers, in the message shape of Istio's. The first one for a join
 * token, later ones for the certificate that we have; for the token again when that was refused or
 * has expired. One connection per request; when it fails, the next request goes to the next server.
 */
final class GrpcCertificates implements CertificateSource {

  private static final long ANSWER_SECONDS = 10;
  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  private final List<ServerAddress> servers;
  private final Channels channels;
  private final ControlSecurity security;

  /** Of the next request; only one is under way at a time. */
  private volatile int server;

  private volatile boolean certificateRefused;

  GrpcCertificates(List<ServerAddress> servers, Channels channels, ControlSecurity security) {
    this.servers = servers;
    this.channels = channels;
    this.security = security;
  }

  @Override
  public CompletionStage<Issued> sign(String request) {
    CompletableFuture<Issued> answer = new CompletableFuture<>();
    boolean byToken = certificateRefused || !security.hasCertificate();
    JoinToken token = byToken ? security.token() : null;
    if (byToken && token == null) {
      certificateRefused = false;
      answer.completeExceptionally(
          new Refused("there is no join token (hint: weft token create makes one)"));
      return answer;
    }
    ServerAddress to = servers.get(server);
    ManagedChannel channel = channels.open(to);
    IstioCertificateServiceStub stub =
        IstioCertificateServiceGrpc.newStub(channel)
            .withDeadlineAfter(ANSWER_SECONDS, TimeUnit.SECONDS);
    if (token != null) {
      Metadata headers = new Metadata();
      headers.put(AUTHORIZATION, "Bearer " + token.text);
      stub = stub.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
    }
    stub.createCertificate(
        IstioCertificateRequest.newBuilder().setCsr(request).build(),
        new Answer(to, channel, byToken, answer));
    return answer;
  }

  /** Takes one answer and ends the connection. */
  private final class Answer implements StreamObserver<IstioCertificateResponse> {
    private final ServerAddress from;
    private final ManagedChannel channel;
    private final boolean byToken;
    private final CompletableFuture<Issued> result;

    Answer(
        ServerAddress from,
        ManagedChannel channel,
        boolean byToken,
        CompletableFuture<Issued> result) {
      this.from = from;
      this.channel = channel;
      this.byToken = byToken;
      this.result = result;
    }

    @Override
    public void onNext(IstioCertificateResponse response) {
      certificateRefused = false;
      result.complete(new Issued(response.getCertChainList()));
    }

    @Override
    public void onError(Throwable problem) {
      channel.shutdownNow();
      Status.Code code = Status.fromThrowable(problem).getCode();
      String reason = from + ": " + Channels.reason(problem);
      if (code == Status.Code.UNAUTHENTICATED
          || code == Status.Code.PERMISSION_DENIED
          || code == Status.Code.INVALID_ARGUMENT) {
        // With the token next time, if it was the certificate that was not taken.
        certificateRefused = !byToken;
        result.completeExceptionally(new Refused(reason));
      } else {
        server = (server + 1) % servers.size();
        result.completeExceptionally(new IllegalStateException(reason, problem));
      }
    }

    @Override
    public void onCompleted() {
      channel.shutdownNow();
      result.completeExceptionally(
          new IllegalStateException(from + " answered without a certificate"));
    }
  }
}
