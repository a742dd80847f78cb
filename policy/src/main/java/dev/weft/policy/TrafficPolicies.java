package dev.weft.policy;

import dev.weft.model.ConnectionPool;
import dev.weft.model.OutlierDetection;
import dev.weft.model.RetryBudget;
import dev.weft.model.Upstream;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;

/**
 * The traffic policy of one upstream: blocks laid over each other, the destination's below the
 * subset's. Settings of a port replace the four blocks that they can have as a whole: a block that
 * is absent there returns to its default.
 */
final class TrafficPolicies {

  private static final String[] BLOCKS = {
    "connectionPool", "loadBalancer", "outlierDetection", "tls", "retryBudget"
  };
  private static final String[] PORT_BLOCKS = {
    "connectionPool", "loadBalancer", "outlierDetection", "tls"
  };

  private final Map<String, Node> blocks = new HashMap<>();

  /** Lays {@code policy} over what there is, for one port of the service. */
  void overlay(Node policy, int port) {
    for (String block : BLOCKS) {
      if (policy.has(block)) {
        blocks.put(block, policy.get(block));
      }
    }
    for (Node settings : policy.get("portLevelSettings").items()) {
      if (settings.get("port").get("number").integer(0) == port) {
        for (String block : PORT_BLOCKS) {
          blocks.put(block, settings.get(block));
        }
        return;
      }
    }
  }

  void applyTo(Upstream.Builder upstream) {
    Node balancer = block("loadBalancer").get("simple");
    upstream.loadBalancer(balancer(balancer.text()));
    if (block("connectionPool").present()) {
      upstream.connectionPool(pool(block("connectionPool")));
    }
    if (block("outlierDetection").present()) {
      upstream.outlierDetection(outlierDetection(block("outlierDetection")));
    }
    Node budget = block("retryBudget");
    if (budget.present()) {
      upstream.retryBudget(
          RetryBudget.builder()
              .percent(budget.get("percent").number(20))
              .minConcurrency(budget.get("minRetryConcurrency").integer(3))
              .build());
    }
    Node tls = block("tls");
    upstream
        .tlsMode(tlsMode(tls))
        .sni(tls.get("sni").text())
        .caCertificates(tls.get("caCertificates").text())
        .clientCertificate(tls.get("clientCertificate").text())
        .privateKey(tls.get("privateKey").text())
        .insecureSkipVerify(tls.get("insecureSkipVerify").flag(false));
    if (tls.has("subjectAltNames")) {
      upstream.subjectAltNames(new LinkedHashSet<>(tls.get("subjectAltNames").textItems()));
    }
  }

  private Node block(String name) {
    return blocks.getOrDefault(name, Node.of(null, name));
  }

  private static Upstream.LoadBalancer balancer(String simple) {
    switch (simple) {
      case "ROUND_ROBIN":
        return Upstream.LoadBalancer.ROUND_ROBIN;
      case "RANDOM":
        return Upstream.LoadBalancer.RANDOM;
      default:
        return Upstream.LoadBalancer.LEAST_REQUEST;
    }
  }

  /** For Istio 0 is "not set" here, but for maxRequestsPerConnection. */
  private static ConnectionPool pool(Node pool) {
    ConnectionPool none = ConnectionPool.UNLIMITED;
    Node tcp = pool.get("tcp");
    Node http = pool.get("http");
    return ConnectionPool.builder()
        .maxConnections(bound(tcp.get("maxConnections"), none.maxConnections()))
        .connectTimeoutNanos(tcp.get("connectTimeout").nanos(none.connectTimeoutNanos()))
        .maxPendingRequests(bound(http.get("http1MaxPendingRequests"), none.maxPendingRequests()))
        .maxRequests(bound(http.get("http2MaxRequests"), none.maxRequests()))
        .maxRequestsPerConnection(http.get("maxRequestsPerConnection").integer(0))
        .maxRetries(bound(http.get("maxRetries"), none.maxRetries()))
        .idleTimeoutNanos(http.get("idleTimeout").nanos(0))
        .build();
  }

  private static int bound(Node node, int unlimited) {
    int bound = node.integer(0);
    return bound <= 0 ? unlimited : bound;
  }

  private static OutlierDetection outlierDetection(Node node) {
    OutlierDetection defaults = OutlierDetection.builder().build();
    int percent = node.get("maxEjectionPercent").integer(0);
    return OutlierDetection.builder()
        .consecutive5xx(node.get("consecutive5xxErrors").integer(defaults.consecutive5xx()))
        .consecutiveGatewayErrors(
            node.get("consecutiveGatewayErrors").integer(defaults.consecutiveGatewayErrors()))
        .splitExternalLocalOriginErrors(node.get("splitExternalLocalOriginErrors").flag(false))
        .consecutiveLocalOriginFailures(
            node.get("consecutiveLocalOriginFailures")
                .integer(defaults.consecutiveLocalOriginFailures()))
        .intervalNanos(node.get("interval").nanos(defaults.intervalNanos()))
        .baseEjectionNanos(node.get("baseEjectionTime").nanos(defaults.baseEjectionNanos()))
        .maxEjectionPercent(percent == 0 ? defaults.maxEjectionPercent() : percent)
        .minHealthPercent(node.get("minHealthPercent").integer(defaults.minHealthPercent()))
        .build();
  }

  private static Upstream.TlsMode tlsMode(Node tls) {
    if (!tls.present()) {
      return Upstream.TlsMode.AUTO;
    }
    switch (tls.get("mode").text()) {
      case "SIMPLE":
        return Upstream.TlsMode.SIMPLE;
      case "MUTUAL":
        return Upstream.TlsMode.MUTUAL;
      case "ISTIO_MUTUAL":
        return Upstream.TlsMode.ISTIO_MUTUAL;
      default:
        return Upstream.TlsMode.DISABLE;
    }
  }
}
