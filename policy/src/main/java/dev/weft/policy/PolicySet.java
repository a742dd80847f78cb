package dev.weft.policy;

import static java.util.Objects.requireNonNull;

import dev.weft.model.Registration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;

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
  final InstanceIndex instances;

  private PolicySet(
      Builder settings,
      List<Document> documents,
      Hosts hosts,
      DocumentIndex rules,
      InstanceIndex instances) {
    this.settings = settings;
    this.documents = documents;
    this.hosts = hosts;
    this.rules = rules;
    this.instances = instances;
  }

  public static Builder builder() {
    return new Builder();
  }

  /** The same instances and settings under other documents. */
  public PolicySet withDocuments(Collection<Document> documents) {
    List<Document> copy = Collections.unmodifiableList(new ArrayList<>(documents));
    return new PolicySet(
        settings,
        copy,
        hosts,
        new DocumentIndex(copy, hosts, settings.defaultNamespace),
        instances);
  }

  /** The same documents and settings with other instances. */
  public PolicySet withInstances(Collection<Registration> instances) {
    return new PolicySet(settings, documents, hosts, rules, new InstanceIndex(instances));
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

  /** Builds a {@link PolicySet}; what is not set keeps Istio's default. */
  public static final class Builder {
    private List<Document> documents = Collections.emptyList();
    private List<Registration> instances = Collections.emptyList();
    private String domainSuffix = "cluster.local";
    private String trustDomain = "cluster.local";
    private String rootNamespace = "istio-system";
    private String defaultNamespace = "default";
    private OutboundMode outboundMode = OutboundMode.ALLOW_ANY;

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

    /** Where DestinationRules hold for the whole mesh. */
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

    public PolicySet build() {
      Builder settings = new Builder();
      settings.trustDomain = trustDomain;
      settings.rootNamespace = rootNamespace;
      settings.defaultNamespace = defaultNamespace;
      settings.outboundMode = outboundMode;
      Hosts hosts = new Hosts(domainSuffix);
      List<Document> all = Collections.unmodifiableList(documents);
      return new PolicySet(
          settings,
          all,
          hosts,
          new DocumentIndex(all, hosts, defaultNamespace),
          new InstanceIndex(instances));
    }
  }
}
