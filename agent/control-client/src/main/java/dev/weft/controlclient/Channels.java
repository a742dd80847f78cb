package dev.weft.controlclient;

import dev.weft.identity.ControlSecurity;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.okhttp.OkHttpChannelBuilder;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Opens connections to control servers: the one place that says how they are secured. With {@link
 * ControlSecurity} by TLS, where each connection trusts and shows what is in force when it is
 * opened; without, in plaintext.
 */
final class Channels {

  /** One message is one consistent set, so the first one to a busy client can be large. */
  private static final int MAX_MESSAGE_BYTES = 64 << 20;

  private final ScheduledExecutorService loop;
  private final Executor io;
  private final @Nullable ControlSecurity security;

  /**
   * @param loop the loop's own executor: gRPC's callbacks and timers run on the loop's thread
   * @param io for what blocks: gRPC reads on one thread of it as long as a channel is open
   * @param security null for plaintext
   */
  Channels(ScheduledExecutorService loop, Executor io, @Nullable ControlSecurity security) {
    this.loop = loop;
    this.io = io;
    this.security = security;
  }

  /**
   * Starts to connect with the first call.
   *
   * @throws IllegalStateException where TLS cannot be set up; the message says why
   */
  ManagedChannel open(ServerAddress address) {
    return builder(address)
        .executor(loop)
        .scheduledExecutorService(loop)
        .offloadExecutor(io)
        .transportExecutor(io)
        // The application's ProxySelector is the application's code, and for its own traffic.
        .proxyDetector(target -> null)
        .disableRetry()
        .disableServiceConfigLookUp()
        .maxInboundMessageSize(MAX_MESSAGE_BYTES)
        .keepAliveTime(20, TimeUnit.SECONDS)
        .keepAliveTimeout(10, TimeUnit.SECONDS)
        .userAgent("weft-agent")
        .build();
  }

  private OkHttpChannelBuilder builder(ServerAddress address) {
    ControlSecurity secured = security;
    if (secured == null) {
      return OkHttpChannelBuilder.forAddress(
          address.host, address.port, InsecureChannelCredentials.create());
    }
    try {
      return OkHttpChannelBuilder.forAddress(address.host, address.port)
          .sslSocketFactory(secured.socketFactory())
          // Who the server is was found by its certificate; host names say nothing about that.
          .hostnameVerifier((host, session) -> true);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("root.cert: " + e.getMessage(), e);
    }
  }

  /** The innermost cause says what an operator can act on; the status alone is "io exception". */
  static String reason(Throwable problem) {
    Status status = Status.fromThrowable(problem);
    Throwable cause = status.getCause();
    if (cause == null) {
      String description = status.getDescription();
      return description == null ? status.getCode().toString() : oneLine(description);
    }
    // Of a certificate that was not believed, our own words say most.
    while (cause.getCause() != null
        && cause.getCause() != cause
        && !(cause instanceof CertificateException)) {
      cause = cause.getCause();
    }
    String text = cause.getMessage();
    return text == null ? cause.getClass().getSimpleName() : oneLine(text);
  }

  private static String oneLine(String text) {
    return text.replace('\n', ' ');
  }
}
