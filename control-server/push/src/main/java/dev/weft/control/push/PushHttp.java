package dev.weft.control.push;

import com.linecorp.armeria.common.CancellationException;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.grpc.GrpcSerializationFormats;
import com.linecorp.armeria.common.stream.ClosedStreamException;
import com.linecorp.armeria.common.util.Exceptions;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.HttpServiceWithRoutes;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.SimpleDecoratingHttpService;
import com.linecorp.armeria.server.grpc.GrpcService;
import io.grpc.ServerInterceptors;
import io.grpc.Status;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts the stream on the control server's port, beside everything else that is served there. */
public final class PushHttp {

  private static final Logger LOG = LoggerFactory.getLogger(PushHttp.class);

  private static final int MAX_FROM_AGENT_BYTES = 16 << 20;
  private static final int MAX_TO_AGENT_BYTES = 64 << 20;

  private PushHttp() {}

  /** As below, for a server that asks nobody who it is. */
  public static void mount(ServerBuilder server, PushService push) {
    mount(server, push, context -> null, true);
  }

  /**
   * Adds the service to a server. For agents that vanish without a word the server should ping:
   * {@code pingIntervalMillis}, with an idle timeout above it.
   *
   * @param identity the SPIFFE id that the transport proved of who makes the request; null: none.
   *     Asked once for each stream, when it is opened
   * @param acceptsUnauthenticated whether agents without an identity are taken at their word
   */
  public static void mount(
      ServerBuilder server,
      PushService push,
      Function<ServiceRequestContext, @Nullable String> identity,
      boolean acceptsUnauthenticated) {
    GrpcService grpc =
        GrpcService.builder()
            .addService(
                ServerInterceptors.intercept(
                    push.grpc(), new Caller(identity, acceptsUnauthenticated)))
            .supportedSerializationFormats(GrpcSerializationFormats.PROTO)
            .maxRequestMessageLength(MAX_FROM_AGENT_BYTES)
            .maxResponseMessageLength(MAX_TO_AGENT_BYTES)
            .exceptionHandler(
                (context, status, problem, metadata) -> {
                  if (status.getCode() == Status.Code.UNKNOWN && !isEndOfStream(problem)) {
                    // Of ours, then: gRPC would tell the agent "unknown" and nobody else anything.
                    LOG.error("a stream failed", problem);
                  }
                  return status;
                })
            .build();
    server.service((HttpServiceWithRoutes) grpc, Endless::new);
  }

  /** Agents come and go; that is no failure. */
  private static boolean isEndOfStream(Throwable problem) {
    for (Throwable each = problem; each != null; each = each.getCause()) {
      if (each instanceof CancellationException
          || each instanceof ClosedStreamException
          || Exceptions.isExpected(each)) {
        return true;
      }
    }
    return false;
  }

  /** A stream has no end, so neither its time nor its length is bounded. */
  private static final class Endless extends SimpleDecoratingHttpService {
    Endless(HttpService delegate) {
      super(delegate);
    }

    @Override
    public HttpResponse serve(ServiceRequestContext context, HttpRequest request) throws Exception {
      context.clearRequestTimeout();
      context.setMaxRequestLength(0);
      return unwrap().serve(context, request);
    }
  }
}
