package dev.weft.wire;

/** A value on the wire that this build cannot follow; the message names its path. */
public final class WireException extends Exception {

  private static final long serialVersionUID = 1L;

  private final String path;
  private final String problem;

  WireException(String path, String problem) {
    // No stack trace: this is an answer to the other side, not an accident.
    super(path + ": " + problem, null, false, false);
    this.path = path;
    this.problem = problem;
  }

  static WireException unknown(String path, int value, String expected) {
    return new WireException(path, value + " (expected: " + expected + ")");
  }

  /** The same problem seen from one level further out. */
  WireException in(String parent) {
    return new WireException(parent + "." + path, problem);
  }
}
