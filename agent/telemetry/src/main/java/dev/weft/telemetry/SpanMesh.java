package dev.weft.telemetry;

import static java.util.Objects.requireNonNull;

import dev.weft.context.CallContext;
import dev.weft.engine.CallRecord;
import dev.weft.engine.RecordedCall;
import dev.weft.inbound.InboundCall;
import dev.weft.inbound.InboundMesh;
import dev.weft.inbound.InboundRequest;
import dev.weft.model.EndpointInfo;
import dev.weft.model.Upstream;
import dev.weft.outbound.Directive;
import dev.weft.outbound.FailureKind;
import dev.weft.outbound.HeaderMutations;
import dev.weft.outbound.LocalReply;
import dev.weft.outbound.OutboundCall;
import dev.weft.outbound.OutboundMesh;
import dev.weft.outbound.OutboundRequest;
import dev.weft.outbound.OutboundResponse;
import dev.weft.outbound.Outcome;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Puts what the mesh did with a call on OpenTelemetry's span of it, by the names that Envoy's and
 * Istio's tracing use where they have one. A call without a span goes to the engine as it is.
 */
public final class SpanMesh implements OutboundMesh, InboundMesh {

  private static final String CLIENT = "CLIENT";
  private static final String SERVER = "SERVER";

  private final OutboundMesh outbound;
  private final InboundMesh inbound;
  private final OpenTelemetry spans;

  public SpanMesh(OutboundMesh outbound, InboundMesh inbound, OpenTelemetry spans) {
    this.outbound = requireNonNull(outbound, "outbound");
    this.inbound = requireNonNull(inbound, "inbound");
    this.spans = requireNonNull(spans, "spans");
  }

  @Override
  public OutboundCall open(OutboundRequest request) {
    OutboundCall call = outbound.open(request);
    Object span = spans.currentSpan();
    return span != null && call instanceof RecordedCall ? new SentCall(call, span) : call;
  }

  @Override
  public InboundCall open(InboundRequest request) {
    InboundCall call = inbound.open(request);
    Object span = spans.currentSpan();
    return span != null && call instanceof RecordedCall ? new ServedCall(call, span) : call;
  }

  /** A connection has no span. */
  @Override
  public InboundCall openConnection(InetSocketAddress peer, int localPort) {
    return inbound.openConnection(peer, localPort);
  }

  @Override
  public CompletionStage<Boolean> governs(String host, int port) {
    return outbound.governs(host, port);
  }

  @Override
  public @Nullable Connection connect(String host, int port, @Nullable InetAddress address) {
    return outbound.connect(host, port, address);
  }

  private static Map<String, Object> attributes(CallRecord record) {
    Map<String, Object> attributes = new LinkedHashMap<>();
    attributes.put("response_flags", record.flags);
    Upstream upstream = record.upstream;
    if (upstream != null) {
      attributes.put("upstream_cluster", upstream.name());
      attributes.put("upstream_cluster.name", upstream.name());
    }
    EndpointInfo endpoint = record.endpoint;
    if (endpoint != null) {
      attributes.put("upstream_address", endpoint.address() + ":" + endpoint.port());
    }
    if (record.side == CallRecord.Side.OUTBOUND) {
      attributes.put("weft.attempts", (long) record.attempts);
    }
    putKnown(attributes, "weft.route", record.route);
    putKnown(attributes, "weft.peer.canonical_service", record.peer.canonicalService);
    putKnown(attributes, "weft.peer.canonical_revision", record.peer.canonicalRevision);
    putKnown(attributes, "weft.source.principal", record.sourcePrincipal);
    putKnown(attributes, "weft.destination.principal", record.destinationPrincipal);
    putKnown(attributes, "response_code_details", record.details);
    return attributes;
  }

  private static void putKnown(Map<String, Object> attributes, String name, String value) {
    if (!value.isEmpty()) {
      attributes.put(name, value);
    }
  }

  private final class SentCall implements OutboundCall {
    private final OutboundCall call;
    private final Object span;

    SentCall(OutboundCall call, Object span) {
      this.call = call;
      this.span = span;
    }

    @Override
    public Directive start() {
      return told(call.start(), 0);
    }

    @Override
    public Directive onResponse(OutboundResponse response) {
      return told(call.onResponse(response), response.status());
    }

    @Override
    public Directive onFailure(FailureKind kind, Throwable failure) {
      return told(call.onFailure(kind, failure), 0);
    }

    @Override
    public void onGrpcEnd(int grpcStatus, long requestMessages, long responseMessages) {
      call.onGrpcEnd(grpcStatus, requestMessages, responseMessages);
    }

    @Override
    public void close(Outcome outcome, int status, @Nullable Throwable failure) {
      call.close(outcome, status, failure);
    }

    /** Before the response is delivered: libraries' spans end with its head. */
    private Directive told(Directive directive, int status) {
      if (directive.kind() == Directive.Kind.DELIVER || directive.kind() == Directive.Kind.REPLY) {
        spans.tell(span, CLIENT, attributes(((RecordedCall) call).soFar(status)));
      }
      return directive;
    }
  }

  private final class ServedCall implements InboundCall {
    private final InboundCall call;
    private final Object span;
    private boolean told;

    ServedCall(InboundCall call, Object span) {
      this.call = call;
      this.span = span;
    }

    @Override
    public @Nullable CompletionStage<?> pending() {
      return call.pending();
    }

    @Override
    public @Nullable LocalReply reply() {
      LocalReply reply = call.reply();
      if (!told) {
        told = true;
        int status = reply == null ? 0 : reply.status();
        spans.tell(span, SERVER, attributes(((RecordedCall) call).soFar(status)));
      }
      return reply;
    }

    @Override
    public HeaderMutations requestHeaders() {
      return call.requestHeaders();
    }

    @Override
    public void onRevoked(Runnable abort) {
      call.onRevoked(abort);
    }

    @Override
    public CallContext context() {
      return call.context();
    }

    @Override
    public void onGrpcEnd(int grpcStatus, long requestMessages, long responseMessages) {
      call.onGrpcEnd(grpcStatus, requestMessages, responseMessages);
    }

    @Override
    public void close(Outcome outcome, int status) {
      call.close(outcome, status);
    }
  }
}
