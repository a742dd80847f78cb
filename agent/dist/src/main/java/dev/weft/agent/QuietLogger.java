package dev.weft.agent;

import dev.weft.bootstrap.Mesh;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.jspecify.annotations.Nullable;

/**
 * Stands in for {@code java.util.logging.Logger} in the agent's copies of its libraries, whose
 * packaging renames that class to this one: an agent must neither write into the application's log
 * nor be the one that initialises its logging. What is SEVERE and has a cause is counted as a
 * problem of the agent; all else is dropped. Thread-safe.
 */
public final class QuietLogger {

  private final String name;

  private QuietLogger(String name) {
    this.name = name;
  }

  public static QuietLogger getLogger(String name) {
    return new QuietLogger(name);
  }

  public String getName() {
    return name;
  }

  public boolean isLoggable(Level level) {
    return level.intValue() >= Level.SEVERE.intValue();
  }

  public void log(Level level, String message) {}

  public void log(Level level, String message, @Nullable Object parameter) {}

  public void log(Level level, String message, Object @Nullable [] parameters) {}

  public void log(Level level, String message, @Nullable Throwable thrown) {
    if (thrown != null && isLoggable(level)) {
      Mesh.problem("library " + name, thrown);
    }
  }

  public void log(LogRecord entry) {
    log(entry.getLevel(), entry.getMessage(), entry.getThrown());
  }

  public void severe(String message) {}

  public void warning(String message) {}

  public void info(String message) {}

  public void config(String message) {}

  public void fine(String message) {}

  public void finer(String message) {}

  public void finest(String message) {}
}
