package dev.weft.control.rest;

import dev.weft.control.core.Refused;
import dev.weft.control.core.Refused.Reason;
import dev.weft.control.core.Resource;
import java.util.Arrays;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Kubernetes' label selectors: {@code app=reviews,version in (v1,v2),!canary}. */
final class LabelSelector {

  private static final String KEY = "([A-Za-z0-9][-A-Za-z0-9_./]*)";
  private static final Pattern SET = Pattern.compile(KEY + "\\s+(in|notin)\\s*\\(([^()]*)\\)");
  private static final Pattern EQUALITY = Pattern.compile(KEY + "\\s*(==|=|!=)\\s*([^=!]*)");
  private static final Pattern EXISTENCE = Pattern.compile("(!?)\\s*" + KEY);
  // A comma that is not within the parentheses of a set.
  private static final Pattern COMMA = Pattern.compile(",(?![^()]*\\))");

  private LabelSelector() {}

  static Predicate<Resource> parse(String selector) throws Refused {
    Predicate<Resource> all = resource -> true;
    if (selector.isBlank()) {
      return all;
    }
    for (String term : COMMA.split(selector, -1)) {
      all = all.and(term(term.strip()));
    }
    return all;
  }

  private static Predicate<Resource> term(String term) throws Refused {
    Matcher set = SET.matcher(term);
    if (set.matches()) {
      Set<String> values =
          Arrays.stream(set.group(3).split(",", -1)).map(String::strip).collect(Collectors.toSet());
      return among(set.group(1), values, set.group(2).equals("notin"));
    }
    Matcher equality = EQUALITY.matcher(term);
    if (equality.matches()) {
      return among(
          equality.group(1), Set.of(equality.group(3).strip()), equality.group(2).equals("!="));
    }
    Matcher existence = EXISTENCE.matcher(term);
    if (existence.matches()) {
      boolean not = !existence.group(1).isEmpty();
      String key = existence.group(2);
      return resource -> resource.labels().containsKey(key) != not;
    }
    throw new Refused(
        Reason.BAD_REQUEST,
        "query labelSelector: "
            + term
            + " (expected: key=value, key!=value, key in (a,b), key notin (a,b), key or !key)");
  }

  private static Predicate<Resource> among(String key, Set<String> values, boolean not) {
    return resource -> {
      String value = resource.labels().get(key);
      return (value != null && values.contains(value)) != not;
    };
  }
}
