package dev.weft.control.core;

import static java.util.Objects.requireNonNull;

/** The caller did not prove who it is. The message may be told to it: no secret is in it. */
public final class AccessRefused extends Exception {

  private static final long serialVersionUID = 1L;

  private final long retryAfterSeconds;

  public AccessRefused(String message) {
    this(message, 0);
  }

  AccessRefused(String message, long retryAfterSeconds) {
    super(requireNonNull(message, "message"));
    this.retryAfterSeconds = retryAfterSeconds;
  }

  /** Over 0: there were too many failures, and attempts are not looked at for so long. */
  public long retryAfterSeconds() {
    return retryAfterSeconds;
  }
}
