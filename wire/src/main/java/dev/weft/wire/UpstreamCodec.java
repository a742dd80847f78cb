package dev.weft.wire;

import dev.weft.model.ConnectionPool;
import dev.weft.model.EndpointInfo;
import dev.weft.model.Endpoints;
import dev.weft.model.OutlierDetection;
import dev.weft.model.RetryBudget;
import dev.weft.model.Upstream;
import dev.weft.wire.proto.Weft;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.TreeSet;

/** Upstreams and endpoints to and from the wire. */
final class UpstreamCodec {

  private UpstreamCodec() {}

  static Weft.Upstream encode(Upstream from) {
    Weft.Upstream.Builder to =
        Weft.Upstream.newBuilder()
            .setName(from.name())
            .setService(from.service())
            .setServiceNamespace(from.serviceNamespace())
            .setSubset(from.subset())
            .setPort(from.port())
            .setProtocol(from.protocol())
            .setLoadBalancer(encode(from.loadBalancer()))
            .setConnectionPool(encode(from.connectionPool()))
            .setTlsMode(encode(from.tlsMode()))
            .setSni(from.sni())
            .addAllSubjectAltNames(new TreeSet<>(from.subjectAltNames()))
            .setCaCertificates(from.caCertificates())
            .setClientCertificate(from.clientCertificate())
            .setPrivateKey(from.privateKey())
            .setInsecureSkipVerify(from.insecureSkipVerify());
    OutlierDetection outliers = from.outlierDetection();
    if (outliers != null) {
      to.setOutlierDetection(encode(outliers));
    }
    RetryBudget budget = from.retryBudget();
    if (budget != null) {
      to.setRetryBudget(
          Weft.RetryBudget.newBuilder()
              .setPercent(budget.percent())
              .setMinConcurrency(budget.minConcurrency()));
    }
    return to.build();
  }

  static Upstream decode(Weft.Upstream from) throws WireException {
    Upstream.Builder to =
        Upstream.builder()
            .name(from.getName())
            .service(from.getService())
            .serviceNamespace(from.getServiceNamespace())
            .subset(from.getSubset())
            .port(from.getPort())
            .protocol(from.getProtocol())
            .loadBalancer(decodeLoadBalancer(from))
            .tlsMode(decodeTlsMode(from))
            .sni(from.getSni())
            .subjectAltNames(new LinkedHashSet<>(from.getSubjectAltNamesList()))
            .caCertificates(from.getCaCertificates())
            .clientCertificate(from.getClientCertificate())
            .privateKey(from.getPrivateKey())
            .insecureSkipVerify(from.getInsecureSkipVerify());
    if (!from.hasConnectionPool()) {
      throw new WireException("connection_pool", "missing (expected: always there)");
    }
    to.connectionPool(decode(from.getConnectionPool()));
    if (from.hasOutlierDetection()) {
      to.outlierDetection(decode(from.getOutlierDetection()));
    }
    if (from.hasRetryBudget()) {
      to.retryBudget(
          RetryBudget.builder()
              .percent(from.getRetryBudget().getPercent())
              .minConcurrency(from.getRetryBudget().getMinConcurrency())
              .build());
    }
    return to.build();
  }

  static Weft.Endpoints encode(Endpoints from) {
    Weft.Endpoints.Builder to = Weft.Endpoints.newBuilder().setName(from.name());
    for (EndpointInfo endpoint : from.endpoints()) {
      to.addEndpoints(
          Weft.EndpointInfo.newBuilder()
              .setAddress(endpoint.address())
              .setPort(endpoint.port())
              .setWeight(endpoint.weight())
              .setWorkload(endpoint.workload())
              .setNamespace(endpoint.namespace())
              .setCanonicalService(endpoint.canonicalService())
              .setCanonicalRevision(endpoint.canonicalRevision())
              .setIdentity(endpoint.identity())
              .setMutualTls(endpoint.mutualTls())
              .setLocality(endpoint.locality()));
    }
    return to.build();
  }

  static Endpoints decode(Weft.Endpoints from) throws WireException {
    List<EndpointInfo> endpoints = new ArrayList<>(from.getEndpointsCount());
    for (Weft.EndpointInfo endpoint : from.getEndpointsList()) {
      String path = "endpoints[" + endpoints.size() + "]";
      if (endpoint.getAddress().isEmpty()) {
        throw new WireException(path + ".address", "empty (expected: IP literal or DNS name)");
      }
      if (endpoint.getWeight() < 1) {
        throw new WireException(path + ".weight", endpoint.getWeight() + " (expected: >= 1)");
      }
      endpoints.add(
          EndpointInfo.builder()
              .address(endpoint.getAddress())
              .port(endpoint.getPort())
              .weight(endpoint.getWeight())
              .workload(endpoint.getWorkload())
              .namespace(endpoint.getNamespace())
              .canonicalService(endpoint.getCanonicalService())
              .canonicalRevision(endpoint.getCanonicalRevision())
              .identity(endpoint.getIdentity())
              .mutualTls(endpoint.getMutualTls())
              .locality(endpoint.getLocality())
              .build());
    }
    return Endpoints.builder().name(from.getName()).endpoints(endpoints).build();
  }

  private static Weft.ConnectionPool encode(ConnectionPool from) {
    return Weft.ConnectionPool.newBuilder()
        .setMaxConnections(from.maxConnections())
        .setConnectTimeoutNanos(from.connectTimeoutNanos())
        .setMaxPendingRequests(from.maxPendingRequests())
        .setMaxRequests(from.maxRequests())
        .setMaxRequestsPerConnection(from.maxRequestsPerConnection())
        .setMaxRetries(from.maxRetries())
        .setIdleTimeoutNanos(from.idleTimeoutNanos())
        .build();
  }

  private static ConnectionPool decode(Weft.ConnectionPool from) {
    return ConnectionPool.builder()
        .maxConnections(from.getMaxConnections())
        .connectTimeoutNanos(from.getConnectTimeoutNanos())
        .maxPendingRequests(from.getMaxPendingRequests())
        .maxRequests(from.getMaxRequests())
        .maxRequestsPerConnection(from.getMaxRequestsPerConnection())
        .maxRetries(from.getMaxRetries())
        .idleTimeoutNanos(from.getIdleTimeoutNanos())
        .build();
  }

  private static Weft.OutlierDetection encode(OutlierDetection from) {
    return Weft.OutlierDetection.newBuilder()
        .setConsecutive5Xx(from.consecutive5xx())
        .setConsecutiveGatewayErrors(from.consecutiveGatewayErrors())
        .setSplitExternalLocalOriginErrors(from.splitExternalLocalOriginErrors())
        .setConsecutiveLocalOriginFailures(from.consecutiveLocalOriginFailures())
        .setIntervalNanos(from.intervalNanos())
        .setBaseEjectionNanos(from.baseEjectionNanos())
        .setMaxEjectionPercent(from.maxEjectionPercent())
        .setMinHealthPercent(from.minHealthPercent())
        .build();
  }

  private static OutlierDetection decode(Weft.OutlierDetection from) {
    return OutlierDetection.builder()
        .consecutive5xx(from.getConsecutive5Xx())
        .consecutiveGatewayErrors(from.getConsecutiveGatewayErrors())
        .splitExternalLocalOriginErrors(from.getSplitExternalLocalOriginErrors())
        .consecutiveLocalOriginFailures(from.getConsecutiveLocalOriginFailures())
        .intervalNanos(from.getIntervalNanos())
        .baseEjectionNanos(from.getBaseEjectionNanos())
        .maxEjectionPercent(from.getMaxEjectionPercent())
        .minHealthPercent(from.getMinHealthPercent())
        .build();
  }

  private static Weft.Upstream.LoadBalancer encode(Upstream.LoadBalancer from) {
    switch (from) {
      case LEAST_REQUEST:
        return Weft.Upstream.LoadBalancer.LEAST_REQUEST;
      case ROUND_ROBIN:
        return Weft.Upstream.LoadBalancer.ROUND_ROBIN;
      case RANDOM:
        return Weft.Upstream.LoadBalancer.RANDOM;
    }
    throw new AssertionError(from);
  }

  private static Upstream.LoadBalancer decodeLoadBalancer(Weft.Upstream from) throws WireException {
    switch (from.getLoadBalancer()) {
      case LEAST_REQUEST:
        return Upstream.LoadBalancer.LEAST_REQUEST;
      case ROUND_ROBIN:
        return Upstream.LoadBalancer.ROUND_ROBIN;
      case RANDOM:
        return Upstream.LoadBalancer.RANDOM;
      case LOAD_BALANCER_UNSPECIFIED:
      case UNRECOGNIZED:
        break;
    }
    throw WireException.unknown(
        "load_balancer", from.getLoadBalancerValue(), "LEAST_REQUEST, ROUND_ROBIN or RANDOM");
  }

  private static Weft.Upstream.TlsMode encode(Upstream.TlsMode from) {
    switch (from) {
      case AUTO:
        return Weft.Upstream.TlsMode.AUTO;
      case DISABLE:
        return Weft.Upstream.TlsMode.DISABLE;
      case SIMPLE:
        return Weft.Upstream.TlsMode.SIMPLE;
      case MUTUAL:
        return Weft.Upstream.TlsMode.MUTUAL;
      case ISTIO_MUTUAL:
        return Weft.Upstream.TlsMode.ISTIO_MUTUAL;
    }
    throw new AssertionError(from);
  }

  private static Upstream.TlsMode decodeTlsMode(Weft.Upstream from) throws WireException {
    switch (from.getTlsMode()) {
      case AUTO:
        return Upstream.TlsMode.AUTO;
      case DISABLE:
        return Upstream.TlsMode.DISABLE;
      case SIMPLE:
        return Upstream.TlsMode.SIMPLE;
      case MUTUAL:
        return Upstream.TlsMode.MUTUAL;
      case ISTIO_MUTUAL:
        return Upstream.TlsMode.ISTIO_MUTUAL;
      case TLS_MODE_UNSPECIFIED:
      case UNRECOGNIZED:
        break;
    }
    throw WireException.unknown(
        "tls_mode", from.getTlsModeValue(), "AUTO, DISABLE, SIMPLE, MUTUAL or ISTIO_MUTUAL");
  }
}
