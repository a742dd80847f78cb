package dev.weft.engine.tokens;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a verified token says of its bearer. Immutable. */
public final class Claims {

  /** These are lists in one text, says RFC 8693 and custom. */
  private static final List<String> SPACE_DELIMITED = Arrays.asList("scope", "permission");

  public final String issuer;

  /** Empty when it has none. */
  public final String subject;

  public final List<String> audiences;

  /** The {@code azp} claim; null when it has none. */
  public final @Nullable String presenter;

  private final Map<String, Object> all;

  private Claims(
      String issuer,
      String subject,
      List<String> audiences,
      @Nullable String presenter,
      Map<String, Object> all) {
    this.issuer = issuer;
    this.subject = subject;
    this.audiences = audiences;
    this.presenter = presenter;
    this.all = all;
  }

  /**
   * Reads the claims that every token may have.
   *
   * @param spaceDelimited claims to take for lists, beside {@code scope} and {@code permission}
   */
  static Claims of(Map<String, Object> payload, List<String> spaceDelimited) throws InvalidToken {
    Map<String, Object> all = new HashMap<>(payload);
    Set<String> lists = new HashSet<>(SPACE_DELIMITED);
    lists.addAll(spaceDelimited);
    for (String name : lists) {
      Object value = all.get(name);
      if (value instanceof String) {
        all.put(name, Arrays.asList(((String) value).trim().split(" +")));
      }
    }
    return new Claims(
        text(payload, "iss"),
        text(payload, "sub"),
        audiences(payload.get("aud")),
        payload.get("azp") instanceof String ? (String) payload.get("azp") : null,
        Collections.unmodifiableMap(all));
  }

  static String text(Map<String, Object> payload, String name) throws InvalidToken {
    Object value = payload.get(name);
    if (value == null) {
      return "";
    }
    if (!(value instanceof String)) {
      throw new InvalidToken("Jwt payload [" + name + "] field is not a string");
    }
    return (String) value;
  }

  private static List<String> audiences(@Nullable Object aud) throws InvalidToken {
    if (aud == null) {
      return Collections.emptyList();
    }
    if (aud instanceof String) {
      return Collections.singletonList((String) aud);
    }
    List<String> audiences = new ArrayList<>();
    if (aud instanceof List) {
      for (Object each : (List<?>) aud) {
        if (each instanceof String) {
          audiences.add((String) each);
        }
      }
      if (audiences.size() == ((List<?>) aud).size()) {
        return Collections.unmodifiableList(audiences);
      }
    }
    throw new InvalidToken("Jwt payload [aud] field is not a string or string list");
  }

  /** The texts of a claim: one, or the elements of a list; none where it is something else. */
  public List<String> values(List<String> path) {
    Object value = find(path);
    if (value instanceof List) {
      List<String> texts = new ArrayList<>();
      for (Object each : (List<?>) value) {
        String text = scalar(each);
        if (text != null) {
          texts.add(text);
        }
      }
      return texts;
    }
    String text = scalar(value);
    return text == null ? Collections.emptyList() : Collections.singletonList(text);
  }

  /** The text of a claim with one value, nested by dots; null for any other. */
  @Nullable String scalarAt(String dotted) {
    String direct = scalar(all.get(dotted));
    return direct != null ? direct : scalar(find(Arrays.asList(dotted.split("\\.", -1))));
  }

  private @Nullable Object find(List<String> path) {
    Object value = all;
    for (String name : path) {
      if (!(value instanceof Map)) {
        return null;
      }
      value = ((Map<?, ?>) value).get(name);
    }
    return value;
  }

  private static @Nullable String scalar(@Nullable Object value) {
    return value instanceof String || value instanceof Boolean || value instanceof Number
        ? value.toString()
        : null;
  }
}
