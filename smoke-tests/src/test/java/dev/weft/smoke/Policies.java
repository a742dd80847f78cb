package dev.weft.smoke;

/** Policies that several tests use; every one is Istio's own YAML. */
final class Policies {

  static final String SUBSETS =
      """
      apiVersion: networking.istio.io/v1
      kind: DestinationRule
      metadata: {name: backend}
      spec:
        host: backend
        subsets:
          - {name: v1, labels: {version: v1}}
          - {name: v2, labels: {version: v2}}
      """;

  private Policies() {}

  /** A VirtualService for {@code backend}; {@code http} is YAML of the list, unindented. */
  static String backend(String http) {
    return """
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata: {name: backend}
    spec:
      hosts: [backend]
      http:
    """
        + http.strip().indent(4);
  }

  static String split(int v1, int v2) {
    return backend(
        """
        - route:
            - {destination: {host: backend, subset: v1}, weight: %d}
            - {destination: {host: backend, subset: v2}, weight: %d}
        """
            .formatted(v1, v2));
  }
}
