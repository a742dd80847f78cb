package dev.weft.control.app;

/** A command could not do what it was asked; the message is all that its user needs. */
final class CommandFailure extends RuntimeException {

  private static final long serialVersionUID = 1L;

  CommandFailure(String message) {
    super(message);
  }
}
