package dev.weft.outbound;

/** How an exchange ended, whatever its status. */
public enum Outcome {
  /** The response was delivered to its end. */
  COMPLETED,
  /** No response, or one that broke off. */
  FAILED,
  /** A deadline of the mesh ended it after the response had begun. */
  TIMED_OUT,
  /** The application gave up. */
  CANCELLED
}
