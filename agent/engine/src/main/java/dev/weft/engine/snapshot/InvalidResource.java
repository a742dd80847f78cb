package dev.weft.engine.snapshot;

/** A resource that cannot be compiled; the message is the reason that its author reads. */
final class InvalidResource extends Exception {
  private static final long serialVersionUID = 1L;

  InvalidResource(String reason) {
    super(reason);
  }
}
