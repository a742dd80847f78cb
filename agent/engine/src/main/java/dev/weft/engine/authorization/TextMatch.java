package dev.weft.engine.authorization;

import org.jspecify.annotations.Nullable;

/**
 * A value of a policy: exact, {@code prefix*}, {@code *suffix}, or {@code *} for whatever is there
 * and not empty. A star anywhere else stands for itself. Immutable.
 */
final class TextMatch {

  private enum Kind {
    EXACT,
    PREFIX,
    SUFFIX,
    PRESENT
  }

  private final Kind kind;
  private final String text;
  private final boolean ignoreCase;

  private TextMatch(Kind kind, String text, boolean ignoreCase) {
    this.kind = kind;
    this.text = text;
    this.ignoreCase = ignoreCase;
  }

  static TextMatch of(String pattern) {
    return of(pattern, false);
  }

  static TextMatch of(String pattern, boolean ignoreCase) {
    if (pattern.equals("*")) {
      return new TextMatch(Kind.PRESENT, "", ignoreCase);
    }
    if (pattern.startsWith("*")) {
      return new TextMatch(Kind.SUFFIX, pattern.substring(1), ignoreCase);
    }
    if (pattern.endsWith("*")) {
      String prefix = pattern.substring(0, pattern.length() - 1);
      return new TextMatch(Kind.PREFIX, prefix, ignoreCase);
    }
    return new TextMatch(Kind.EXACT, pattern, ignoreCase);
  }

  /**
   * @param value null for what is not there, which nothing matches
   */
  boolean matches(@Nullable String value) {
    if (value == null) {
      return false;
    }
    switch (kind) {
      case EXACT:
        return value.length() == text.length() && hasAt(value, 0);
      case PREFIX:
        return hasAt(value, 0);
      case SUFFIX:
        return hasAt(value, value.length() - text.length());
      default:
        return !value.isEmpty();
    }
  }

  private boolean hasAt(String value, int offset) {
    return value.regionMatches(ignoreCase, offset, text, 0, text.length());
  }
}
