package dev.weft.outbound;

import org.jspecify.annotations.Nullable;

/** What an adapter shows of the head of a response. Reading it does not touch the body. */
public abstract class OutboundResponse {

  /** The HTTP status code. */
  public abstract int status();

  /**
   * The value of a header, repeated ones joined by {@code ,}; null when absent.
   *
   * @param name in lower case
   */
  public abstract @Nullable String header(String name);
}
