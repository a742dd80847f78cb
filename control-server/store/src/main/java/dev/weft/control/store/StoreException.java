package dev.weft.control.store;

/** The database cannot be opened, read or written. The message is for the operator. */
public final class StoreException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  StoreException(String message, Throwable cause) {
    super(message, cause);
  }
}
