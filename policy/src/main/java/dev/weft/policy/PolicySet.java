package dev.weft.policy;

import static java.util.Objects.requireNonNull;

import dev.weft.model.ExternalAuthorizer;
import dev.weft.model.InboundPolicy;
import dev.weft.model.Registration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;

/**
 * The desired state at one moment: documents and instances, indexed once. Immutable. Documents are
 * taken as they are: validate them before.
 *
 * <p>{@link #withInstances} keeps the index of the documents and {@link #withDocuments} that of the
 * instances, so that a change costs what changed.
 */
public final class PolicySet {

  /** What becomes of requests to hosts that the mesh does not know. */
  public enum OutboundMode {
    ALLOW_ANY,
    REGISTRY_ONLY
  }

  private final Builder settings;
  private final List<Document> documents;
  final Hosts hosts;
  final DocumentIndex rules;
  final SecurityIndex security;
  final InstanceIndex instances;

  private PolicySet(
      Builder settings,
      List<Document> documents,
      Hosts hosts,
      DocumentIndex rules,
      SecurityIndex security,
      InstanceIndex instances) {
    this.settings = settings;
    this.documents = documents;
    this.hosts = hosts;
    this.rules = rules;
    this.security = security;
    this.instances = instances;
  }

  private static PolicySet of(
      Builder settings, List<Document> documents, Hosts hosts, InstanceIndex instances) {
    DocumentIndex rules = new DocumentIndex(documents, hosts, settings.defaultNamespace);
    SecurityIndex security =
        new SecurityIndex(
            rules,
            settings.rootNamespace,
            new TrustDomains(settings.trustDomain, settings.trustDomainAliases));
    return new PolicySet(settings, documents, hosts, rules, security, instances);
  }

  public static Builder builder() {
    return new Builder();
  }

  /** The same instances and settings under other documents. */
  public PolicySet withDocuments(Collection<Document> documents) {
    return of(settings, Collections.unmodifiableList(new ArrayList<>(documents)), hosts, instances);
  }

  /** The same documents and settings with other instances. */
  public PolicySet withInstances(Collection<Registration> instances) {
    return new PolicySet(settings, documents, hosts, rules, security, new InstanceIndex(instances));
  }

  /** The same with other keys; see {@link Builder#jwks}. */
  public PolicySet withJwks(Map<String, String> jwks) {
    return new PolicySet(settings.copy().jwks(jwks), documents, hosts, rules, security, instances);
  }

  public List<Document> documents() {
    return documents;
  }

  /** In the order of their ids. */
  public List<Registration> instances() {
    return instances.all;
  }

  public String trustDomain() {
    return settings.trustDomain;
  }

  public OutboundMode outboundMode() {
    return settings.outboundMode;
  }

  public String rootNamespace() {
    return settings.rootNamespace;
  }

  /** Other names of {@link #trustDomain()}. */
  public Set<String> trustDomainAliases() {
    return settings.trustDomainAliases;
  }

  public InboundPolicy.PathNormalization pathNormalization() {
    return settings.pathNormalization;
  }

  /** How many proxies in front of a workload may be believed about {@code X-Forwarded-For}. */
  public int trustedProxies() {
    return settings.trustedProxies;
  }

  /** By name. */
  public Map<String, ExternalAuthorizer> externalAuthorizers() {
    return settings.externalAuthorizers;
  }

  /**
   * Where the RequestAuthentications have their keys: addresses of JSON Web Key Sets, and of OpenID
   * discovery documents (they end in {@code /.well-known/openid-configuration}) that name one. Who
   * can fetch them gives them back as {@link Builder#jwks}.
   */
  public SortedSet<String> jwksUris() {
    return security.jwksUris();
  }

  /** Empty where it is not there (yet). */
  String jwks(String uri) {
    return settings.jwks.getOrDefault(uri, "");
  }

  /** Builds a {@link PolicySet}; what is not set keeps Istio's default. */
  public static final class Builder {
    private List<Document> documents = Collections.emptyList();
    private List<Registration> instances = Collections.emptyList();
    private String domainSuffix = "cluster.local";
    private String trustDomain = "cluster.local";
    private String rootNamespace = "istio-system";
    private String defaultNamespace = "default";
    private OutboundMode outboundMode = OutboundMode.ALLOW_ANY;
    private Set<String> trustDomainAliases = Collections.emptySet();
    private InboundPolicy.PathNormalization pathNormalization =
        InboundPolicy.PathNormalization.BASE;
    private int trustedProxies;
    private Map<String, ExternalAuthorizer> externalAuthorizers = Collections.emptyMap();
    private Map<String, String> jwks = Collections.emptyMap();

    private Builder() {}

    public Builder documents(Collection<Document> documents) {
      this.documents = new ArrayList<>(documents);
      return this;
    }

    public Builder instances(Collection<Registration> instances) {
      this.instances = new ArrayList<>(instances);
      return this;
    }

    public Builder domainSuffix(String domainSuffix) {
      this.domainSuffix = requireNonNull(domainSuffix, "domainSuffix");
      return this;
    }

    public Builder trustDomain(String trustDomain) {
      this.trustDomain = requireNonNull(trustDomain, "trustDomain");
      return this;
    }

    /** Other names of the trust domain, in the order in which they are tried. */
    public Builder trustDomainAliases(Collection<String> trustDomainAliases) {
      this.trustDomainAliases =
          Collections.unmodifiableSet(new LinkedHashSet<>(trustDomainAliases));
      return this;
    }

    /** How workloads bring paths into one form before they match them. */
    public Builder pathNormalization(InboundPolicy.PathNormalization pathNormalization) {
      this.pathNormalization = requireNonNull(pathNormalization, "pathNormalization");
      return this;
    }

    /** How many proxies in front may be believed about {@code X-Forwarded-For}; 0 for none. */
    public Builder trustedProxies(int trustedProxies) {
      this.trustedProxies = trustedProxies;
      return this;
    }

    /** What {@code provider.name} of AuthorizationPolicies can name. */
    public Builder externalAuthorizers(Collection<ExternalAuthorizer> externalAuthorizers) {
      Map<String, ExternalAuthorizer> byName = new LinkedHashMap<>();
      for (ExternalAuthorizer authorizer : externalAuthorizers) {
        byName.put(authorizer.name(), authorizer);
      }
      this.externalAuthorizers = Collections.unmodifiableMap(byName);
      return this;
    }

    /**
     * JSON Web Key Sets by {@link PolicySet#jwksUris}; for an OpenID discovery document the keys
     * that it leads to. What is missing makes every token of the rule invalid.
     */
    public Builder jwks(Map<String, String> jwks) {
      this.jwks = Collections.unmodifiableMap(new HashMap<>(jwks));
      return this;
    }

    /** Where policies hold for the whole mesh. */
    public Builder rootNamespace(String rootNamespace) {
      this.rootNamespace = requireNonNull(rootNamespace, "rootNamespace");
      return this;
    }

    /** The namespace of documents that name none, as they stand in a policy file. */
    public Builder defaultNamespace(String defaultNamespace) {
      this.defaultNamespace = requireNonNull(defaultNamespace, "defaultNamespace");
      return this;
    }

    public Builder outboundMode(OutboundMode outboundMode) {
      this.outboundMode = requireNonNull(outboundMode, "outboundMode");
      return this;
    }

    /** The settings alone. */
    private Builder copy() {
      Builder settings = new Builder();
      settings.trustDomain = trustDomain;
      settings.rootNamespace = rootNamespace;
      settings.defaultNamespace = defaultNamespace;
      settings.outboundMode = outboundMode;
      settings.trustDomainAliases = trustDomainAliases;
      settings.pathNormalization = pathNormalization;
      settings.trustedProxies = trustedProxies;
      settings.externalAuthorizers = externalAuthorizers;
      settings.jwks = jwks;
      return settings;
    }

    public PolicySet build() {
      return of(
          copy(),
          Collections.unmodifiableList(documents),
          new Hosts(domainSuffix),
          new InstanceIndex(instances));
    }
  }
}
