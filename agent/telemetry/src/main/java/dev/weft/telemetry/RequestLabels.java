package dev.weft.telemetry;

import dev.weft.engine.CallRecord;
import dev.weft.engine.Workload;
import dev.weft.model.EndpointInfo;
import dev.weft.model.Upstream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Istio's labels of a request, in Istio's order. What is not known is {@code unknown}. */
final class RequestLabels {

  private static final String UNKNOWN = "unknown";
  private static final String MESH_SUFFIX = ".svc.cluster.local";

  /** Requests to hosts that the mesh does not know share one series, as in Istio. */
  static final String PASS_THROUGH = "PassthroughCluster";

  /** Requests that were refused because the mesh does not know their host. */
  static final String BLOCKED = "BlackHoleCluster";

  /** Stands for all series beyond the limit. */
  static final String OVERFLOW = "overflow";

  static final String[] NAMES = {
    "reporter",
    "source_workload",
    "source_canonical_service",
    "source_canonical_revision",
    "source_workload_namespace",
    "source_principal",
    "source_app",
    "source_version",
    "source_cluster",
    "destination_workload",
    "destination_workload_namespace",
    "destination_principal",
    "destination_app",
    "destination_version",
    "destination_service",
    "destination_canonical_service",
    "destination_canonical_revision",
    "destination_service_name",
    "destination_service_namespace",
    "destination_cluster",
    "request_protocol",
    "response_code",
    "grpc_response_status",
    "response_flags",
    "connection_security_policy",
  };

  /** Those of a connection: without what only a request has. */
  static final String[] CONNECTION_NAMES = withoutRequest(NAMES);

  private RequestLabels() {}

  /**
   * @param labels in the order of {@link #NAMES}
   * @return in that of {@link #CONNECTION_NAMES}
   */
  static String[] ofConnection(String[] labels) {
    String[] all = labels.clone();
    all[Arrays.asList(NAMES).indexOf("request_protocol")] = "tcp";
    return withoutRequest(all);
  }

  private static String[] withoutRequest(String[] labels) {
    List<String> kept = new ArrayList<>(labels.length);
    for (int i = 0; i < labels.length; i++) {
      if (!NAMES[i].equals("response_code") && !NAMES[i].equals("grpc_response_status")) {
        kept.add(labels[i]);
      }
    }
    return kept.toArray(new String[0]);
  }

  static String[] of(CallRecord record, Workload self) {
    return record.side == CallRecord.Side.OUTBOUND ? outbound(record, self) : inbound(record, self);
  }

  private static String[] outbound(CallRecord record, Workload self) {
    EndpointInfo endpoint =
        record.endpoint == null ? EndpointInfo.builder().build() : record.endpoint;
    Upstream upstream = record.upstream;
    String service = upstream == null ? withoutUpstream(record) : upstream.service();
    return new String[] {
      "source",
      known(self.workload),
      known(self.canonicalService),
      known(self.canonicalRevision),
      known(self.namespace),
      known(record.sourcePrincipal),
      app(self),
      version(self),
      UNKNOWN,
      known(endpoint.workload()),
      known(endpoint.namespace()),
      known(record.destinationPrincipal),
      known(endpoint.canonicalService()),
      known(endpoint.canonicalRevision()),
      known(service),
      known(endpoint.canonicalService()),
      known(endpoint.canonicalRevision()),
      known(serviceName(service)),
      known(upstream == null ? "" : upstream.serviceNamespace()),
      UNKNOWN,
      protocol(record),
      Integer.toString(record.status),
      grpcStatus(record),
      record.flags,
      // The caller's side does not see it; Istio says so too.
      UNKNOWN,
    };
  }

  private static String[] inbound(CallRecord record, Workload self) {
    CallRecord.Peer peer = record.peer;
    return new String[] {
      "destination",
      known(peer.workload),
      known(peer.canonicalService),
      known(peer.canonicalRevision),
      known(peer.namespace),
      known(record.sourcePrincipal),
      known(peer.canonicalService),
      known(peer.canonicalRevision),
      UNKNOWN,
      known(self.workload),
      known(self.namespace),
      known(record.destinationPrincipal),
      app(self),
      version(self),
      known(host(self)),
      known(self.canonicalService),
      known(self.canonicalRevision),
      known(self.service),
      known(self.namespace),
      UNKNOWN,
      protocol(record),
      Integer.toString(record.status),
      grpcStatus(record),
      record.flags,
      record.mutualTls ? "mutual_tls" : record.connectionKnown ? "none" : UNKNOWN,
    };
  }

  /** The series that stands for all that came too late. */
  static String[] overflow(CallRecord.Side side) {
    String[] labels = new String[NAMES.length];
    for (int i = 0; i < labels.length; i++) {
      labels[i] =
          NAMES[i].equals("reporter")
              ? side == CallRecord.Side.OUTBOUND ? "source" : "destination"
              : NAMES[i].startsWith("destination_service") ? OVERFLOW : UNKNOWN;
    }
    return labels;
  }

  private static String withoutUpstream(CallRecord record) {
    if (!record.flags.equals("-")) {
      // No route, no cluster, an injected fault: the host is known, where it would go is not.
      return "";
    }
    boolean blocked = record.status == 502 || record.route.equals("block_all");
    return record.attempts == 0 && blocked ? BLOCKED : PASS_THROUGH;
  }

  private static String host(Workload self) {
    return self.service.isEmpty() || self.service.indexOf('.') >= 0
        ? self.service
        : self.service + "." + self.namespace + MESH_SUFFIX;
  }

  /** The short name of a service of the mesh; a host of another kind is its own name. */
  private static String serviceName(String host) {
    int dot = host.indexOf('.');
    return host.endsWith(MESH_SUFFIX) && dot > 0 ? host.substring(0, dot) : host;
  }

  private static String app(Workload self) {
    String label = self.labels.get("app");
    return known(label == null ? self.canonicalService : label);
  }

  private static String version(Workload self) {
    String label = self.labels.get("version");
    return known(label == null ? self.canonicalRevision : label);
  }

  private static String protocol(CallRecord record) {
    return record.grpcStatus >= 0 ? "grpc" : "http";
  }

  private static String grpcStatus(CallRecord record) {
    return record.grpcStatus >= 0 ? Integer.toString(record.grpcStatus) : "";
  }

  private static String known(String text) {
    return text.isEmpty() ? UNKNOWN : text;
  }
}
