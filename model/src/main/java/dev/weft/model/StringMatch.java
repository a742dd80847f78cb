package dev.weft.model;

import static java.util.Objects.requireNonNull;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A condition on one string. Immutable. */
public final class StringMatch {

  /** How {@link StringMatch#value()} is compared. */
  public enum Kind {
    EXACT,
    /** A plain string prefix: {@code /v2} matches {@code /v2example}. */
    PREFIX,
    /** RE2, over the whole string. */
    REGEX,
    /** Any value; the value is empty. */
    PRESENT
  }

  private final Kind kind;
  private final String value;
  private final boolean ignoreCase;

  private StringMatch(Kind kind, String value, boolean ignoreCase) {
    this.kind = requireNonNull(kind, "kind");
    this.value = requireNonNull(value, "value");
    this.ignoreCase = ignoreCase;
  }

  public static StringMatch of(Kind kind, String value, boolean ignoreCase) {
    return new StringMatch(kind, value, ignoreCase);
  }

  public static StringMatch exact(String value) {
    return new StringMatch(Kind.EXACT, value, false);
  }

  public static StringMatch prefix(String value) {
    return new StringMatch(Kind.PREFIX, value, false);
  }

  public static StringMatch regex(String value) {
    return new StringMatch(Kind.REGEX, value, false);
  }

  public static StringMatch present() {
    return new StringMatch(Kind.PRESENT, "", false);
  }

  public Kind kind() {
    return kind;
  }

  public String value() {
    return value;
  }

  /** For EXACT and PREFIX. */
  public boolean ignoreCase() {
    return ignoreCase;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    if (!(other instanceof StringMatch)) {
      return false;
    }
    StringMatch that = (StringMatch) other;
    return kind == that.kind && value.equals(that.value) && ignoreCase == that.ignoreCase;
  }

  @Override
  public int hashCode() {
    return Objects.hash(kind, value, ignoreCase);
  }

  @Override
  public String toString() {
    return kind + "(" + value + (ignoreCase ? ", ignoring case" : "") + ")";
  }
}
