package dev.weft.instrumentation.httpserver;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Turns what an entered advice decided into what the hooked method returns or throws. */
final class Results {

  private Results() {}

  /**
   * The value to return and the exception to throw; null when the method did its own work.
   *
   * @param entered an {@code Integer}, an {@code IOException}, or null
   */
  static @Nullable Object @Nullable [] of(@Nullable Object entered) {
    if (entered == null) {
      return null;
    }
    return entered instanceof IOException
        ? new @Nullable Object[] {-1, entered}
        : new @Nullable Object[] {entered, null};
  }
}
