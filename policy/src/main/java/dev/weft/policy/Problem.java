package dev.weft.policy;

import static java.util.Objects.requireNonNull;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One thing to say about a document: where, what was found, and what was expected. {@link #text()}
 * is for people, for example {@code spec.http[0].retries.attempts: -1 (expected: an integer >= 0)}.
 * Immutable.
 */
public final class Problem {

  /** What follows from a problem. */
  public enum Severity {
    /** The document is refused. */
    ERROR,
    /** The document is taken; it probably does not mean what its author thinks. */
    WARNING,
    /** The field is taken and kept, and changes nothing in this version. */
    NO_EFFECT
  }

  private final Severity severity;
  private final String code;
  private final String path;
  private final @Nullable String value;
  private final String message;
  private final int line;
  private final int column;

  private Problem(
      Severity severity,
      String code,
      String path,
      @Nullable String value,
      String message,
      int line,
      int column) {
    this.severity = severity;
    this.code = code;
    this.path = requireNonNull(path, "path");
    this.value = value;
    this.message = requireNonNull(message, "message");
    this.line = line;
    this.column = column;
  }

  /** The value at {@code path} is not what was expected. */
  static Problem wrong(String path, @Nullable Object value, String expectation) {
    return new Problem(
        Severity.ERROR,
        "IST0106",
        path,
        Trees.brief(value),
        Trees.brief(value) + " (expected: " + expectation + ")",
        0,
        0);
  }

  /** Nothing is at {@code path}, and something has to be. */
  static Problem missing(String path, String expectation) {
    return new Problem(
        Severity.ERROR, "IST0106", path, null, "missing (expected: " + expectation + ")", 0, 0);
  }

  static Problem error(String path, String code, String message) {
    return new Problem(Severity.ERROR, code, path, null, message, 0, 0);
  }

  /** The document is taken; something about it is not as its author thinks. */
  public static Problem warning(String path, String code, String message) {
    return new Problem(Severity.WARNING, code, path, null, message, 0, 0);
  }

  static Problem noEffect(String path, String because) {
    return new Problem(
        Severity.NO_EFFECT, "", path, null, "accepted, no effect, because " + because, 0, 0);
  }

  /** The text cannot be read at this place; both numbers start at 1, 0 is unknown. */
  static Problem syntax(String message, int line, int column) {
    return new Problem(Severity.ERROR, "IST0106", "", null, message, line, column);
  }

  public Severity severity() {
    return severity;
  }

  /** Istio's message code, for example {@code IST0101}; empty where Istio has none. */
  public String code() {
    return code;
  }

  /** {@code spec.http[0].route[1].weight}; empty for the whole document. */
  public String path() {
    return path;
  }

  /** What was found there, shortened; null when nothing was. */
  public @Nullable String value() {
    return value;
  }

  /** The text without path and place. */
  public String message() {
    return message;
  }

  /** Line in the text that was parsed, from 1; 0 when unknown. */
  public int line() {
    return line;
  }

  /** Column in the text that was parsed, from 1; 0 when unknown. */
  public int column() {
    return column;
  }

  /** Everything in one line. */
  public String text() {
    StringBuilder text = new StringBuilder();
    if (line > 0) {
      text.append("line ").append(line);
      if (column > 0) {
        text.append(", column ").append(column);
      }
      text.append(": ");
    }
    if (!path.isEmpty()) {
      text.append(path).append(": ");
    }
    return text.append(message).toString();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    if (!(other instanceof Problem)) {
      return false;
    }
    Problem that = (Problem) other;
    return severity == that.severity
        && code.equals(that.code)
        && path.equals(that.path)
        && message.equals(that.message)
        && line == that.line
        && column == that.column;
  }

  @Override
  public int hashCode() {
    return Objects.hash(severity, code, path, message, line, column);
  }

  @Override
  public String toString() {
    return severity + (code.isEmpty() ? "" : " " + code) + " " + text();
  }
}
