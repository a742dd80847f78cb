package dev.weft.outbound;

import static java.util.Objects.requireNonNull;

import dev.weft.transport.Endpoint;
import org.jspecify.annotations.Nullable;

/** One try of a request: where it goes and how it differs from what the application wrote. */
public final class Attempt {

  /**
   * Its name in a library's own context (Reactor), by which the adapter of an outer library tells
   * that of an inner one what was decided: an {@code Optional<Attempt>}, empty for a request that
   * passes through.
   */
  public static final String KEY = "dev.weft.attempt";

  private final Endpoint endpoint;
  private final int number;
  private final long timeoutNanos;
  private final long connectTimeoutNanos;
  private final HeaderMutations requestHeaders;
  private final @Nullable String path;
  private final @Nullable String authority;

  /**
   * @param number 1 for the first try
   * @param timeoutNanos the attempt is aborted after this time, response body included; 0 for none
   * @param connectTimeoutNanos for libraries that take one per request; 0 for the library's own
   * @param requestHeaders relative to what the application wrote, not to the attempt before
   * @param path path and query to send instead of the application's; null to keep it
   * @param authority {@code Host} to send instead of the application's; null to keep it
   */
  public Attempt(
      Endpoint endpoint,
      int number,
      long timeoutNanos,
      long connectTimeoutNanos,
      HeaderMutations requestHeaders,
      @Nullable String path,
      @Nullable String authority) {
    this.endpoint = requireNonNull(endpoint, "endpoint");
    this.number = number;
    this.timeoutNanos = timeoutNanos;
    this.connectTimeoutNanos = connectTimeoutNanos;
    this.requestHeaders = requireNonNull(requestHeaders, "requestHeaders");
    this.path = path;
    this.authority = authority;
  }

  /** Canonical: the same object for the same address, transport and expected identity. */
  public Endpoint endpoint() {
    return endpoint;
  }

  public int number() {
    return number;
  }

  public long timeoutNanos() {
    return timeoutNanos;
  }

  public long connectTimeoutNanos() {
    return connectTimeoutNanos;
  }

  /** Changes to the headers; never holds {@code host}, see {@link #authority()}. */
  public HeaderMutations requestHeaders() {
    return requestHeaders;
  }

  public @Nullable String path() {
    return path;
  }

  public @Nullable String authority() {
    return authority;
  }

  @Override
  public String toString() {
    return "attempt " + number + " to " + endpoint;
  }
}
