package dev.weft.engine;

import static java.util.Objects.requireNonNull;

import dev.weft.engine.authorization.Finding;
import dev.weft.model.EndpointInfo;
import dev.weft.model.Upstream;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is known of one request when it is over. */
public final class CallRecord {

  /** Which side of the request this workload was. */
  public enum Side {
    OUTBOUND,
    INBOUND
  }

  /** The workload at the other side, as far as it told or is known; texts may be empty. */
  public static final class Peer {
    public static final Peer UNKNOWN = new Peer("", "", "", "", "");

    public final String workload;
    public final String namespace;
    public final String canonicalService;
    public final String canonicalRevision;
    public final String principal;

    public Peer(
        String workload,
        String namespace,
        String canonicalService,
        String canonicalRevision,
        String principal) {
      this.workload = workload;
      this.namespace = namespace;
      this.canonicalService = canonicalService;
      this.canonicalRevision = canonicalRevision;
      this.principal = principal;
    }
  }

  public final Side side;
  public final String method;
  public final String authority;
  public final String path;

  /** The status that the application (outbound) or the caller (inbound) saw; 0 for none. */
  public final int status;

  /** The gRPC status; -1 when this was not gRPC. */
  public final int grpcStatus;

  /** Messages of a gRPC exchange in its two directions; 0 when this was not gRPC. */
  public final long requestMessages;

  public final long responseMessages;

  /** Envoy's short response flags, comma-separated; {@code -} for none. */
  public final String flags;

  /** Name of the route; empty when none was taken. */
  public final String route;

  /** Null inbound, and where no upstream was chosen. */
  public final @Nullable Upstream upstream;

  /** The last endpoint that was tried; null when none was, and inbound. */
  public final @Nullable EndpointInfo endpoint;

  public final Peer peer;

  /** Attempts that were sent. */
  public final int attempts;

  public final long durationNanos;

  /** Whether the connection was mutual TLS. */
  public final boolean mutualTls;

  /** Whether that is known at all: not where a server does not tell whose connection it is. */
  public final boolean connectionKnown;

  /** SPIFFE ID of the caller; empty where the connection was not mutual TLS. */
  public final String sourcePrincipal;

  /** SPIFFE ID of the called; empty where the connection was not mutual TLS. */
  public final String destinationPrincipal;

  /** Why the mesh itself answered, as Envoy's response code details; empty where it did not. */
  public final String details;

  /** What security policies had to say; empty for nothing. */
  public final List<Finding> findings;

  private CallRecord(Builder builder) {
    this.side = requireNonNull(builder.side, "side");
    this.method = builder.method;
    this.authority = builder.authority;
    this.path = builder.path;
    this.status = builder.status;
    this.grpcStatus = builder.grpcStatus;
    this.requestMessages = builder.requestMessages;
    this.responseMessages = builder.responseMessages;
    this.flags = builder.flags;
    this.route = builder.route;
    this.upstream = builder.upstream;
    this.endpoint = builder.endpoint;
    this.peer = builder.peer;
    this.attempts = builder.attempts;
    this.durationNanos = builder.durationNanos;
    this.mutualTls = builder.mutualTls;
    this.connectionKnown = builder.connectionKnown;
    this.sourcePrincipal = builder.sourcePrincipal;
    this.destinationPrincipal = builder.destinationPrincipal;
    this.details = builder.details;
    this.findings = builder.findings;
  }

  /** Collects the fields of a {@link CallRecord}; those not set are unknown. */
  public static final class Builder {
    public @Nullable Side side;
    public String method = "";
    public String authority = "";
    public String path = "";
    public int status;
    public int grpcStatus = -1;
    public long requestMessages;
    public long responseMessages;
    public String flags = "-";
    public String route = "";
    public @Nullable Upstream upstream;
    public @Nullable EndpointInfo endpoint;
    public Peer peer = Peer.UNKNOWN;
    public int attempts;
    public long durationNanos;
    public boolean mutualTls;
    public boolean connectionKnown = true;
    public String sourcePrincipal = "";
    public String destinationPrincipal = "";
    public String details = "";
    public List<Finding> findings = Collections.emptyList();

    public CallRecord build() {
      return new CallRecord(this);
    }
  }
}
