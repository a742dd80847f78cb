package dev.weft.control.ca;

import org.jspecify.annotations.Nullable;

/** The certificate authority cannot do its work. The message is for the operator. */
public final class CaException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  CaException(String message) {
    super(message);
  }

  CaException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
