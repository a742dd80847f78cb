package dev.weft.model;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A service that is asked about requests, as Istio's {@code envoyExtAuthzHttp} provider: a copy of
 * the request line and of some headers is sent there; 200 allows.
 */
public final class ExternalAuthorizer {

  private final String name;
  private final String url;
  private final String pathPrefix;
  private final long timeoutNanos;
  private final boolean failOpen;
  private final int statusOnError;
  private final List<String> includeRequestHeadersInCheck;
  private final Map<String, String> includeAdditionalHeadersInCheck;
  private final List<String> headersToUpstreamOnAllow;
  private final List<String> headersToDownstreamOnDeny;

  private ExternalAuthorizer(Builder builder) {
    this.name = requireNonNull(builder.name, "name");
    this.url = requireNonNull(builder.url, "url");
    this.pathPrefix = requireNonNull(builder.pathPrefix, "pathPrefix");
    this.timeoutNanos = builder.timeoutNanos;
    this.failOpen = builder.failOpen;
    this.statusOnError = builder.statusOnError;
    this.includeRequestHeadersInCheck = Copies.list(builder.includeRequestHeadersInCheck);
    this.includeAdditionalHeadersInCheck = Copies.map(builder.includeAdditionalHeadersInCheck);
    this.headersToUpstreamOnAllow = Copies.list(builder.headersToUpstreamOnAllow);
    this.headersToDownstreamOnDeny = Copies.list(builder.headersToDownstreamOnDeny);
  }

  public static Builder builder() {
    return new Builder();
  }

  /** A builder that starts from this value. */
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.name = name;
    builder.url = url;
    builder.pathPrefix = pathPrefix;
    builder.timeoutNanos = timeoutNanos;
    builder.failOpen = failOpen;
    builder.statusOnError = statusOnError;
    builder.includeRequestHeadersInCheck = includeRequestHeadersInCheck;
    builder.includeAdditionalHeadersInCheck = includeAdditionalHeadersInCheck;
    builder.headersToUpstreamOnAllow = headersToUpstreamOnAllow;
    builder.headersToDownstreamOnDeny = headersToDownstreamOnDeny;
    return builder;
  }

  public String name() {
    return name;
  }

  /** {@code http://host:port}; the path of the request is appended. */
  public String url() {
    return url;
  }

  /** Before the path; may be empty. */
  public String pathPrefix() {
    return pathPrefix;
  }

  public long timeoutNanos() {
    return timeoutNanos;
  }

  /** Whether requests pass when it cannot be asked. */
  public boolean failOpen() {
    return failOpen;
  }

  /** What is answered when it cannot be asked. */
  public int statusOnError() {
    return statusOnError;
  }

  /** Names, {@code prefix*} or {@code *suffix}; authorization and the host are always there. */
  public List<String> includeRequestHeadersInCheck() {
    return includeRequestHeadersInCheck;
  }

  public Map<String, String> includeAdditionalHeadersInCheck() {
    return includeAdditionalHeadersInCheck;
  }

  /** Headers of the answer that the application sees. */
  public List<String> headersToUpstreamOnAllow() {
    return headersToUpstreamOnAllow;
  }

  /** Headers of the answer that the caller sees; empty for all. */
  public List<String> headersToDownstreamOnDeny() {
    return headersToDownstreamOnDeny;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    if (this == other) {
      return true;
    }
    if (!(other instanceof ExternalAuthorizer)) {
      return false;
    }
    ExternalAuthorizer that = (ExternalAuthorizer) other;
    return Objects.equals(name, that.name)
        && Objects.equals(url, that.url)
        && Objects.equals(pathPrefix, that.pathPrefix)
        && timeoutNanos == that.timeoutNanos
        && failOpen == that.failOpen
        && statusOnError == that.statusOnError
        && Objects.equals(includeRequestHeadersInCheck, that.includeRequestHeadersInCheck)
        && Objects.equals(includeAdditionalHeadersInCheck, that.includeAdditionalHeadersInCheck)
        && Objects.equals(headersToUpstreamOnAllow, that.headersToUpstreamOnAllow)
        && Objects.equals(headersToDownstreamOnDeny, that.headersToDownstreamOnDeny);
  }

  @Override
  public int hashCode() {
    return Objects.hash(
        name,
        url,
        pathPrefix,
        timeoutNanos,
        failOpen,
        statusOnError,
        includeRequestHeadersInCheck,
        includeAdditionalHeadersInCheck,
        headersToUpstreamOnAllow,
        headersToDownstreamOnDeny);
  }

  @Override
  public String toString() {
    return "ExternalAuthorizer{name="
        + name
        + ", url="
        + url
        + ", pathPrefix="
        + pathPrefix
        + ", timeoutNanos="
        + timeoutNanos
        + ", failOpen="
        + failOpen
        + ", statusOnError="
        + statusOnError
        + ", includeRequestHeadersInCheck="
        + includeRequestHeadersInCheck
        + ", includeAdditionalHeadersInCheck="
        + includeAdditionalHeadersInCheck
        + ", headersToUpstreamOnAllow="
        + headersToUpstreamOnAllow
        + ", headersToDownstreamOnDeny="
        + headersToDownstreamOnDeny
        + "}";
  }

  /** Builds {@link ExternalAuthorizer}; fields that are not set keep their documented default. */
  public static final class Builder {
    private String name = "";
    private String url = "";
    private String pathPrefix = "";
    private long timeoutNanos = 10_000_000_000L;
    private boolean failOpen;
    private int statusOnError = 403;
    private List<String> includeRequestHeadersInCheck = Copies.noList();
    private Map<String, String> includeAdditionalHeadersInCheck = Copies.noMap();
    private List<String> headersToUpstreamOnAllow = Copies.noList();
    private List<String> headersToDownstreamOnDeny = Copies.noList();

    private Builder() {}

    public Builder name(String name) {
      this.name = name;
      return this;
    }

    public Builder url(String url) {
      this.url = url;
      return this;
    }

    public Builder pathPrefix(String pathPrefix) {
      this.pathPrefix = pathPrefix;
      return this;
    }

    public Builder timeoutNanos(long timeoutNanos) {
      this.timeoutNanos = timeoutNanos;
      return this;
    }

    public Builder failOpen(boolean failOpen) {
      this.failOpen = failOpen;
      return this;
    }

    public Builder statusOnError(int statusOnError) {
      this.statusOnError = statusOnError;
      return this;
    }

    public Builder includeRequestHeadersInCheck(List<String> includeRequestHeadersInCheck) {
      this.includeRequestHeadersInCheck = includeRequestHeadersInCheck;
      return this;
    }

    public Builder includeAdditionalHeadersInCheck(
        Map<String, String> includeAdditionalHeadersInCheck) {
      this.includeAdditionalHeadersInCheck = includeAdditionalHeadersInCheck;
      return this;
    }

    public Builder headersToUpstreamOnAllow(List<String> headersToUpstreamOnAllow) {
      this.headersToUpstreamOnAllow = headersToUpstreamOnAllow;
      return this;
    }

    public Builder headersToDownstreamOnDeny(List<String> headersToDownstreamOnDeny) {
      this.headersToDownstreamOnDeny = headersToDownstreamOnDeny;
      return this;
    }

    public ExternalAuthorizer build() {
      return new ExternalAuthorizer(this);
    }
  }
}
