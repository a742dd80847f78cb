package dev.weft.control.core;

import static java.util.Objects.requireNonNull;

import dev.weft.control.core.Refused.Cause;
import dev.weft.control.core.Refused.Reason;
import dev.weft.model.ExternalAuthorizer;
import dev.weft.model.InboundPolicy.PathNormalization;
import dev.weft.policy.Document;
import dev.weft.policy.Documents;
import dev.weft.policy.PolicySet;
import dev.weft.policy.Problem;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What holds for the whole mesh and is no resource: the fields of Istio's {@code MeshConfig} that
 * mean something here, and ours under {@code weft}.
 *
 * @param trustedProxies how many proxies in front of a workload may be believed about {@code
 *     X-Forwarded-For}
 * @param jwksAllowedCidrs private addresses from which keys of token issuers may be fetched
 */
public record MeshConfig(
    String trustDomain,
    Set<String> trustDomainAliases,
    String rootNamespace,
    PolicySet.OutboundMode outboundMode,
    PathNormalization pathNormalization,
    int trustedProxies,
    List<ExternalAuthorizer> externalAuthorizers,
    List<String> jwksAllowedCidrs) {

  public static final MeshConfig DEFAULTS =
      new MeshConfig(
          "cluster.local",
          Set.of(),
          "istio-system",
          PolicySet.OutboundMode.ALLOW_ANY,
          PathNormalization.BASE,
          0,
          List.of(),
          List.of());

  private static final long DEFAULT_TIMEOUT_NANOS =
      ExternalAuthorizer.builder().build().timeoutNanos();

  public MeshConfig {
    requireNonNull(trustDomain, "trustDomain");
    requireNonNull(rootNamespace, "rootNamespace");
    requireNonNull(outboundMode, "outboundMode");
    requireNonNull(pathNormalization, "pathNormalization");
    trustDomainAliases = Set.copyOf(trustDomainAliases);
    externalAuthorizers = List.copyOf(externalAuthorizers);
    jwksAllowedCidrs = List.copyOf(jwksAllowedCidrs);
  }

  /**
   * Reads {@code yaml}, with Istio's names of the fields. What is not given keeps Istio's default.
   *
   * @throws Refused INVALID, with everything that is wrong in it, fields that nobody knows included
   */
  public static MeshConfig parse(String yaml) throws Refused {
    Documents.Parsed parsed = Documents.parse(yaml);
    List<Cause> causes = new ArrayList<>();
    for (Problem problem : parsed.problems()) {
      causes.add(new Cause("", problem.text(), false));
    }
    List<Document> documents = parsed.documents();
    if (documents.size() > 1) {
      causes.add(new Cause("", documents.size() + " documents (expected: one)", false));
    }
    Map<String, Object> tree = documents.isEmpty() ? Map.of() : documents.get(0).tree();
    MeshConfig config = read(new ConfigReader(tree, "", causes));
    if (!causes.isEmpty()) {
      StringBuilder all = new StringBuilder();
      for (Cause cause : causes) {
        all.append(all.isEmpty() ? "" : "; ")
            .append(cause.field().isEmpty() ? "" : cause.field() + ": ")
            .append(cause.message());
      }
      throw new Refused(Reason.INVALID, null, all.toString(), causes);
    }
    return config;
  }

  private static MeshConfig read(ConfigReader mesh) {
    mesh.knows(
        "trustDomain",
        "trustDomainAliases",
        "rootNamespace",
        "outboundTrafficPolicy",
        "pathNormalization",
        "extensionProviders",
        "defaultConfig",
        "weft");
    ConfigReader outbound = mesh.map("outboundTrafficPolicy").knows("mode");
    ConfigReader normalization = mesh.map("pathNormalization").knows("normalization");
    ConfigReader topology =
        mesh.map("defaultConfig").knows("gatewayTopology").map("gatewayTopology");
    topology.knows("numTrustedProxies");
    ConfigReader weft = mesh.map("weft").knows("jwksAllowedCidrs");
    List<ExternalAuthorizer> authorizers = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (ConfigReader provider : mesh.maps("extensionProviders")) {
      authorizers.add(authorizer(provider, names));
    }
    return new MeshConfig(
        mesh.matching("trustDomain", ConfigReader.DNS_NAME, DEFAULTS.trustDomain, "a DNS name"),
        mesh.allMatching("trustDomainAliases", ConfigReader.DNS_NAME, "DNS names"),
        mesh.matching(
            "rootNamespace", ConfigReader.DNS_LABEL, DEFAULTS.rootNamespace, "a DNS label"),
        outbound.choice(
            "mode",
            Map.of(
                "ALLOW_ANY", PolicySet.OutboundMode.ALLOW_ANY,
                "REGISTRY_ONLY", PolicySet.OutboundMode.REGISTRY_ONLY),
            DEFAULTS.outboundMode),
        normalization.choice(
            "normalization",
            Map.of(
                "DEFAULT", PathNormalization.BASE,
                "NONE", PathNormalization.NONE,
                "BASE", PathNormalization.BASE,
                "MERGE_SLASHES", PathNormalization.MERGE_SLASHES,
                "DECODE_AND_MERGE_SLASHES", PathNormalization.DECODE_AND_MERGE_SLASHES),
            DEFAULTS.pathNormalization),
        topology.integer("numTrustedProxies", 0, 100, 0),
        authorizers,
        weft.cidrs("jwksAllowedCidrs"));
  }

  private static ExternalAuthorizer authorizer(ConfigReader provider, Set<String> names) {
    provider.knows("name", "envoyExtAuthzHttp");
    String name = provider.required("name", "the name that AuthorizationPolicies give");
    if (!name.isEmpty() && !names.add(name)) {
      provider.wrong("name", name, "each name once");
    }
    ConfigReader http = provider.requiredMap("envoyExtAuthzHttp");
    http.knows(
        "service",
        "port",
        "timeout",
        "pathPrefix",
        "failOpen",
        "statusOnError",
        "includeRequestHeadersInCheck",
        "includeAdditionalHeadersInCheck",
        "headersToUpstreamOnAllow",
        "headersToDownstreamOnDeny");
    String service = http.required("service", "a host name, or <namespace>/<host name>");
    String host = service.substring(service.indexOf('/') + 1);
    if (!host.isEmpty() && !ConfigReader.DNS_NAME.matcher(host).matches()) {
      http.wrong("service", service, "a host name, or <namespace>/<host name>");
    }
    String prefix = http.text("pathPrefix", "");
    if (!prefix.isEmpty() && !prefix.startsWith("/")) {
      http.wrong("pathPrefix", prefix, "a path that begins with /");
    }
    int port = http.requiredInteger("port", 1, 65535);
    return ExternalAuthorizer.builder()
        .name(name)
        .url("http://" + host + ":" + port)
        .pathPrefix(prefix)
        .timeoutNanos(http.nanos("timeout", DEFAULT_TIMEOUT_NANOS))
        .failOpen(http.flag("failOpen", false))
        .statusOnError(http.integer("statusOnError", 200, 599, 403))
        .includeRequestHeadersInCheck(http.texts("includeRequestHeadersInCheck"))
        .includeAdditionalHeadersInCheck(http.textMap("includeAdditionalHeadersInCheck"))
        .headersToUpstreamOnAllow(http.texts("headersToUpstreamOnAllow"))
        .headersToDownstreamOnDeny(http.texts("headersToDownstreamOnDeny"))
        .build();
  }
}
