package dev.weft.engine.snapshot;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import dev.weft.model.Rewrite;
import org.jspecify.annotations.Nullable;

/** A {@link Rewrite} of the path, compiled. */
public final class CompiledRewrite {

  /** Replaces the matched prefix, or the whole path. Null where {@link #pattern} is used. */
  public final @Nullable String uri;

  private final @Nullable Pattern pattern;
  private final String substitution;

  private CompiledRewrite(@Nullable String uri, @Nullable Pattern pattern, String substitution) {
    this.uri = uri;
    this.pattern = pattern;
    this.substitution = substitution;
  }

  /** Null where the path stays. */
  static @Nullable CompiledRewrite compile(String path, @Nullable Rewrite rewrite)
      throws InvalidResource {
    if (rewrite == null) {
      return null;
    }
    String regex = rewrite.regex();
    if (regex == null) {
      return rewrite.uri() == null ? null : new CompiledRewrite(rewrite.uri(), null, "");
    }
    Pattern pattern = TextMatcher.pattern(path + ".uriRegexRewrite.match", regex, false);
    String substitution = rewrite.substitution() == null ? "" : rewrite.substitution();
    checkGroups(path + ".uriRegexRewrite.rewrite", substitution, pattern.groupCount());
    return new CompiledRewrite(null, pattern, substitution);
  }

  private static void checkGroups(String path, String substitution, int groups)
      throws InvalidResource {
    for (int i = 0; i < substitution.length(); i++) {
      if (substitution.charAt(i) != '\\') {
        continue;
      }
      char next = ++i < substitution.length() ? substitution.charAt(i) : ' ';
      if (next != '\\' && (next < '0' || next - '0' > groups)) {
        throw new InvalidResource(
            path + ": " + substitution + " (expected: \\0 to \\" + groups + ", or \\\\)");
      }
    }
  }

  /** Replaces every match of the regex in {@code path}, which has no query. */
  public String substitute(String path) {
    if (pattern == null) {
      return path;
    }
    Matcher matcher = pattern.matcher(path);
    StringBuilder result = new StringBuilder(path.length() + 16);
    int from = 0;
    while (matcher.find()) {
      result.append(path, from, matcher.start());
      appendSubstitution(result, matcher);
      from = matcher.end();
    }
    return result.append(path, from, path.length()).toString();
  }

  private void appendSubstitution(StringBuilder result, Matcher matcher) {
    for (int i = 0; i < substitution.length(); i++) {
      char c = substitution.charAt(i);
      if (c != '\\') {
        result.append(c);
        continue;
      }
      char next = substitution.charAt(++i);
      if (next == '\\') {
        result.append('\\');
      } else {
        String group = matcher.group(next - '0');
        result.append(group == null ? "" : group);
      }
    }
  }
}
