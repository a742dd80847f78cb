package dev.weft.control.jwks;

/** Keys could not be had; the message says why, for the author of the policy. */
final class FetchException extends Exception {

  private static final long serialVersionUID = 1L;

  FetchException(String message) {
    // No stack trace: it is told in the status of a policy, not in a log.
    super(message, null, false, false);
  }
}
