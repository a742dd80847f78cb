package dev.weft.instrumentation.pekko;

/** Why a response ends before its end: a later policy does not allow it. */
final class Revoked extends RuntimeException {

  private static final long serialVersionUID = 1;

  Revoked() {
    super("no longer allowed by the mesh", null, false, false);
  }
}
