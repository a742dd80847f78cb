package dev.weft.outbound;

import static java.util.Objects.requireNonNull;

import java.nio.charset.StandardCharsets;

/**
 * A response that the mesh gives in place of the upstream or the application: a fault, a redirect,
 * a denial, "no healthy upstream". Immutable; the body is not copied.
 */
public final class LocalReply {

  private final int status;
  private final HeaderMutations headers;
  private final byte[] body;
  private final String flag;

  /**
   * @param headers set and add only; {@code content-length} is the adapter's business
   * @param flag Envoy's short response flag, for example {@code UH}; {@code -} for none
   */
  public LocalReply(int status, HeaderMutations headers, byte[] body, String flag) {
    this.status = status;
    this.headers = requireNonNull(headers, "headers");
    this.body = requireNonNull(body, "body");
    this.flag = requireNonNull(flag, "flag");
  }

  /** A plain-text reply in UTF-8, with its content type. */
  public static LocalReply text(int status, String body, String flag) {
    return new LocalReply(
        status,
        HeaderMutations.builder().set("content-type", "text/plain").build(),
        body.getBytes(StandardCharsets.UTF_8),
        flag);
  }

  public int status() {
    return status;
  }

  public HeaderMutations headers() {
    return headers;
  }

  /** The body; not to be changed. */
  public byte[] body() {
    return body;
  }

  public String flag() {
    return flag;
  }

  @Override
  public String toString() {
    return "reply " + status + " " + flag;
  }
}
