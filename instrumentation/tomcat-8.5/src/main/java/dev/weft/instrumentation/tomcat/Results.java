package dev.weft.instrumentation.tomcat;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** What advice that took the place of a method leaves behind. */
final class Results {

  private Results() {}

  /**
   * The value to return and the exception to throw; null when the method did its own work.
   *
   * @param entered a value, an {@code IOException}, or null
   * @param unused a value of the method's type, which it returns beside an exception
   */
  static @Nullable Object @Nullable [] of(@Nullable Object entered, Object unused) {
    if (entered == null) {
      return null;
    }
    return entered instanceof IOException
        ? new @Nullable Object[] {unused, entered}
        : new @Nullable Object[] {entered, null};
  }
}
