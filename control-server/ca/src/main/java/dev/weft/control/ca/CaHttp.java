package dev.weft.control.ca;

import com.linecorp.armeria.common.grpc.GrpcSerializationFormats;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServerTlsConfig;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.grpc.GrpcService;
import dev.weft.control.core.Tokens;
import dev.weft.control.core.WorkloadIdentity;
import io.netty.handler.ssl.ClientAuth;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Puts the authority on the control server's port: its TLS, and the certificate service. */
public final class CaHttp {

  private static final int MAX_REQUEST_BYTES = 64 * 1024;
  private static final Duration CONTROL_TTL = Duration.ofHours(24);

  private final MeshAuthority authority;
  private final Tokens tokens;
  private final InstantSource clock;
  private final PeerIdentities peers;

  public CaHttp(MeshAuthority authority, Tokens tokens, InstantSource clock) {
    this.authority = authority;
    this.tokens = tokens;
    this.clock = clock;
    this.peers = new PeerIdentities(authority, clock);
  }

  /** Who a caller is by its client certificate; null when it has none that counts. */
  public Function<ServiceRequestContext, @Nullable WorkloadIdentity> peers() {
    return peers;
  }

  /**
   * TLS for the server's HTTPS ports, with client certificates optional, and the service.
   *
   * @param names for the server's certificate, beyond those of this machine
   * @throws CaException when one of them is no name, or no certificate can be had
   */
  public void mount(ServerBuilder server, List<String> names) {
    ControlCertificate certificate = new ControlCertificate(authority, names, CONTROL_TTL, clock);
    // What is wrong shows at the start, not in the first handshake.
    certificate.keyPair("*");
    server.tlsProvider(
        certificate, ServerTlsConfig.builder().clientAuth(ClientAuth.OPTIONAL).build());
    server.service(
        GrpcService.builder()
            .addService(new CertificateService(authority, tokens, peers, new Audit(clock)).grpc())
            .supportedSerializationFormats(GrpcSerializationFormats.PROTO)
            .maxRequestMessageLength(MAX_REQUEST_BYTES)
            .useBlockingTaskExecutor(true)
            .build());
  }
}
