package dev.weft.instrumentation.javahttpclient;

import dev.weft.outbound.Attempt;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Optional;

/** The application's request as one attempt sends it; being of this type, it is not taken over. */
final class AttemptRequest extends HttpRequest {

  private final HttpRequest request;
  private final Binding binding;
  private final URI uri;
  private final HttpHeaders headers;
  private final Optional<Duration> timeout;

  private AttemptRequest(
      HttpRequest request,
      Binding binding,
      URI uri,
      HttpHeaders headers,
      Optional<Duration> timeout) {
    this.request = request;
    this.binding = binding;
    this.uri = uri;
    this.headers = headers;
    this.timeout = timeout;
  }

  /** As the application wrote it. */
  static AttemptRequest passing(HttpRequest request) {
    return new AttemptRequest(
        request, new Binding(null), request.uri(), request.headers(), request.timeout());
  }

  static AttemptRequest of(HttpRequest request, Attempt attempt) {
    URI uri = request.uri();
    String authority = attempt.authority();
    String path = attempt.path();
    HeaderLists headers = new HeaderLists(request.headers()).apply(attempt.requestHeaders());
    if (authority != null || path != null) {
      uri =
          URI.create(
              uri.getScheme()
                  + "://"
                  + (authority == null ? uri.getRawAuthority() : authority)
                  + (path == null ? RequestView.path(uri) : path));
    }
    if (authority != null) {
      headers.remove("host");
    }
    return new AttemptRequest(
        request,
        new Binding(attempt.endpoint()),
        uri,
        headers.toHttpHeaders(),
        timeout(request, attempt));
  }

  /**
   * Java 11 cannot cancel an exchange that waits for its head: its own timeout then frees the
   * connection, a little after the mesh went on without it.
   */
  private static Optional<Duration> timeout(HttpRequest request, Attempt attempt) {
    Optional<Duration> own = request.timeout();
    if (attempt.timeoutNanos() <= 0) {
      return own;
    }
    Duration given = Duration.ofNanos(attempt.timeoutNanos()).plusMillis(100);
    return own.isPresent() && own.get().compareTo(given) <= 0 ? own : Optional.of(given);
  }

  Binding binding() {
    return binding;
  }

  @Override
  public Optional<BodyPublisher> bodyPublisher() {
    return request.bodyPublisher();
  }

  @Override
  public String method() {
    return request.method();
  }

  @Override
  public Optional<Duration> timeout() {
    return timeout;
  }

  @Override
  public boolean expectContinue() {
    return request.expectContinue();
  }

  @Override
  public URI uri() {
    return uri;
  }

  @Override
  public Optional<HttpClient.Version> version() {
    return request.version();
  }

  @Override
  public HttpHeaders headers() {
    return headers;
  }
}
