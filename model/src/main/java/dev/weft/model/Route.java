package dev.weft.model;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP route. Exactly one of {@link #destinations()} (not empty), {@link #redirect()} and
 * {@link #directResponse()} is there.
 */
public final class Route {

  private final String name;
  private final List<RouteMatch> matches;
  private final List<WeightedUpstream> destinations;
  private final @Nullable Redirect redirect;
  private final @Nullable DirectResponse directResponse;
  private final @Nullable Rewrite rewrite;
  private final HeaderOperations requestHeaders;
  private final HeaderOperations responseHeaders;
  private final long timeoutNanos;
  private final @Nullable RetryPolicy retries;
  private final @Nullable Fault fault;

  private Route(Builder builder) {
    this.name = requireNonNull(builder.name, "name");
    this.matches = Copies.list(builder.matches);
    this.destinations = Copies.list(builder.destinations);
    this.redirect = builder.redirect;
    this.directResponse = builder.directResponse;
    this.rewrite = builder.rewrite;
    this.requestHeaders = requireNonNull(builder.requestHeaders, "requestHeaders");
    this.responseHeaders = requireNonNull(builder.responseHeaders, "responseHeaders");
    this.timeoutNanos = builder.timeoutNanos;
    this.retries = builder.retries;
    this.fault = builder.fault;
  }

  public static Builder builder() {
    return new Builder();
  }

  /** A builder that starts from this value. */
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.name = name;
    builder.matches = matches;
    builder.destinations = destinations;
    builder.redirect = redirect;
    builder.directResponse = directResponse;
    builder.rewrite = rewrite;
    builder.requestHeaders = requestHeaders;
    builder.responseHeaders = responseHeaders;
    builder.timeoutNanos = timeoutNanos;
    builder.retries = retries;
    builder.fault = fault;
    return builder;
  }

  /** {@code route.name} or {@code route.name.match.name}; may be empty. */
  public String name() {
    return name;
  }

  /** Any of them; empty matches everything. */
  public List<RouteMatch> matches() {
    return matches;
  }

  /** Weighted choice, once per request. */
  public List<WeightedUpstream> destinations() {
    return destinations;
  }

  public @Nullable Redirect redirect() {
    return redirect;
  }

  public @Nullable DirectResponse directResponse() {
    return directResponse;
  }

  public @Nullable Rewrite rewrite() {
    return rewrite;
  }

  /** Of the route; those of the chosen destination come on top and win. */
  public HeaderOperations requestHeaders() {
    return requestHeaders;
  }

  /** Of the route; those of the chosen destination come on top and win. */
  public HeaderOperations responseHeaders() {
    return responseHeaders;
  }

  /** For the whole request, retries and back-off included; 0 is none. */
  public long timeoutNanos() {
    return timeoutNanos;
  }

  /** Null: no retries. */
  public @Nullable RetryPolicy retries() {
    return retries;
  }

  public @Nullable Fault fault() {
    return fault;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    if (this == other) {
      return true;
    }
    if (!(other instanceof Route)) {
      return false;
    }
    Route that = (Route) other;
    return Objects.equals(name, that.name)
        && Objects.equals(matches, that.matches)
        && Objects.equals(destinations, that.destinations)
        && Objects.equals(redirect, that.redirect)
        && Objects.equals(directResponse, that.directResponse)
        && Objects.equals(rewrite, that.rewrite)
        && Objects.equals(requestHeaders, that.requestHeaders)
        && Objects.equals(responseHeaders, that.responseHeaders)
        && timeoutNanos == that.timeoutNanos
        && Objects.equals(retries, that.retries)
        && Objects.equals(fault, that.fault);
  }

  @Override
  public int hashCode() {
    return Objects.hash(
        name,
        matches,
        destinations,
        redirect,
        directResponse,
        rewrite,
        requestHeaders,
        responseHeaders,
        timeoutNanos,
        retries,
        fault);
  }

  @Override
  public String toString() {
    return "Route{name="
        + name
        + ", matches="
        + matches
        + ", destinations="
        + destinations
        + ", redirect="
        + redirect
        + ", directResponse="
        + directResponse
        + ", rewrite="
        + rewrite
        + ", requestHeaders="
        + requestHeaders
        + ", responseHeaders="
        + responseHeaders
        + ", timeoutNanos="
        + timeoutNanos
        + ", retries="
        + retries
        + ", fault="
        + fault
        + "}";
  }

  /** Builds {@link Route}; fields that are not set keep their documented default. */
  public static final class Builder {
    private String name = "";
    private List<RouteMatch> matches = Copies.noList();
    private List<WeightedUpstream> destinations = Copies.noList();
    private @Nullable Redirect redirect;
    private @Nullable DirectResponse directResponse;
    private @Nullable Rewrite rewrite;
    private HeaderOperations requestHeaders = HeaderOperations.NONE;
    private HeaderOperations responseHeaders = HeaderOperations.NONE;
    private long timeoutNanos;
    private @Nullable RetryPolicy retries;
    private @Nullable Fault fault;

    private Builder() {}

    public Builder name(String name) {
      this.name = name;
      return this;
    }

    public Builder matches(List<RouteMatch> matches) {
      this.matches = matches;
      return this;
    }

    public Builder destinations(List<WeightedUpstream> destinations) {
      this.destinations = destinations;
      return this;
    }

    public Builder redirect(@Nullable Redirect redirect) {
      this.redirect = redirect;
      return this;
    }

    public Builder directResponse(@Nullable DirectResponse directResponse) {
      this.directResponse = directResponse;
      return this;
    }

    public Builder rewrite(@Nullable Rewrite rewrite) {
      this.rewrite = rewrite;
      return this;
    }

    public Builder requestHeaders(HeaderOperations requestHeaders) {
      this.requestHeaders = requestHeaders;
      return this;
    }

    public Builder responseHeaders(HeaderOperations responseHeaders) {
      this.responseHeaders = responseHeaders;
      return this;
    }

    public Builder timeoutNanos(long timeoutNanos) {
      this.timeoutNanos = timeoutNanos;
      return this;
    }

    public Builder retries(@Nullable RetryPolicy retries) {
      this.retries = retries;
      return this;
    }

    public Builder fault(@Nullable Fault fault) {
      this.fault = fault;
      return this;
    }

    public Route build() {
      return new Route(this);
    }
  }
}
