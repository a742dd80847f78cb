package dev.weft.engine.snapshot;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.weft.model.StringMatch;
import org.jspecify.annotations.Nullable;

/** A {@link StringMatch}, compiled. */
public final class TextMatcher {

  private final StringMatch source;
  private final StringMatch.Kind kind;
  private final String value;
  private final boolean ignoreCase;
  private final @Nullable Pattern pattern;

  private TextMatcher(StringMatch source, @Nullable Pattern pattern) {
    this.source = source;
    this.kind = source.kind();
    this.value = source.value();
    this.ignoreCase = source.ignoreCase();
    this.pattern = pattern;
  }

  /**
   * @param path where the condition stands, for the reason of a refusal
   */
  static TextMatcher compile(String path, StringMatch source) throws InvalidResource {
    if (source.kind() != StringMatch.Kind.REGEX) {
      return new TextMatcher(source, null);
    }
    return new TextMatcher(source, pattern(path, source.value(), source.ignoreCase()));
  }

  static Pattern pattern(String path, String regex, boolean ignoreCase) throws InvalidResource {
    try {
      return Pattern.compile(regex, ignoreCase ? Pattern.CASE_INSENSITIVE : 0);
    } catch (PatternSyntaxException e) {
      throw new InvalidResource(
          path + ": " + regex + " (expected: an RE2 regex; " + e.getDescription() + ")");
    }
  }

  public boolean matches(String text) {
    return matches(text, text.length());
  }

  /** Matches the first {@code end} characters of {@code text}, without copying them. */
  public boolean matches(String text, int end) {
    switch (kind) {
      case EXACT:
        return end == value.length() && startsWith(text);
      case PREFIX:
        return end >= value.length() && startsWith(text);
      case PRESENT:
        return true;
      default:
        return pattern != null
            && pattern.matches(end == text.length() ? text : text.substring(0, end));
    }
  }

  private boolean startsWith(String text) {
    return ignoreCase
        ? text.regionMatches(true, 0, value, 0, value.length())
        : text.startsWith(value);
  }

  public StringMatch source() {
    return source;
  }

  public StringMatch.Kind kind() {
    return kind;
  }

  @Override
  public String toString() {
    return source.toString();
  }
}
