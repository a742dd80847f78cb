package dev.weft.engine.authorization;

import com.google.re2j.Pattern;
import java.util.ArrayList;
import java.util.List;

/**
 * A path of a policy: text as {@link TextMatch}, or a template with {@code {*}} for one segment and
 * {@code {**}} for any number of them. A percent-encoded pattern also means the path that it
 * encodes, so that it can hold in every view of a request's path. Immutable.
 */
final class PathMatch {

  private static final String ONE = "{*}";
  private static final String ANY = "{**}";

  private final TextMatch[] texts;
  private final Pattern[] templates;

  private PathMatch(List<TextMatch> texts, List<Pattern> templates) {
    this.texts = texts.toArray(new TextMatch[0]);
    this.templates = templates.toArray(new Pattern[0]);
  }

  /**
   * @throws IllegalArgumentException with what is wrong about it
   */
  static PathMatch of(String pattern) {
    List<TextMatch> texts = new ArrayList<>();
    List<Pattern> templates = new ArrayList<>();
    add(pattern, texts, templates);
    String decoded = pattern.indexOf('%') < 0 ? pattern : PathViews.decodeOnce(pattern);
    if (decoded == null) {
      throw new IllegalArgumentException(pattern + " (expected: valid percent escapes)");
    }
    if (!decoded.equals(pattern) && isTemplate(pattern) == isTemplate(decoded)) {
      add(decoded, texts, templates);
    }
    return new PathMatch(texts, templates);
  }

  boolean matches(String path) {
    for (TextMatch text : texts) {
      if (text.matches(path)) {
        return true;
      }
    }
    for (Pattern template : templates) {
      if (template.matcher(path).matches()) {
        return true;
      }
    }
    return false;
  }

  private static boolean isTemplate(String pattern) {
    return pattern.indexOf('{') >= 0 || pattern.indexOf('}') >= 0;
  }

  private static void add(String pattern, List<TextMatch> texts, List<Pattern> templates) {
    if (isTemplate(pattern)) {
      templates.add(template(pattern));
    } else {
      texts.add(TextMatch.of(pattern));
    }
  }

  private static Pattern template(String pattern) {
    StringBuilder regex = new StringBuilder();
    boolean open = false;
    int from = 0;
    while (from < pattern.length()) {
      int brace = pattern.indexOf('{', from);
      String literal = pattern.substring(from, brace < 0 ? pattern.length() : brace);
      if (literal.indexOf('*') >= 0 || literal.indexOf('}') >= 0) {
        throw wrong(pattern);
      }
      regex.append(Pattern.quote(literal));
      if (brace < 0) {
        break;
      }
      if (open) {
        // Nothing that varies may follow {**}.
        throw wrong(pattern);
      }
      if (pattern.startsWith(ONE, brace)) {
        regex.append("[^/]+");
        from = brace + ONE.length();
      } else if (pattern.startsWith(ANY, brace)) {
        regex.append(".*");
        open = true;
        from = brace + ANY.length();
      } else {
        throw wrong(pattern);
      }
    }
    return Pattern.compile(regex.toString(), Pattern.DOTALL);
  }

  private static IllegalArgumentException wrong(String pattern) {
    return new IllegalArgumentException(
        pattern + " (expected: a template with {*} and at last {**}, and no other * or brace)");
  }
}
