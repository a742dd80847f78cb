package dev.weft.jwt;

import com.grack.nanojson.JsonObject;
import com.grack.nanojson.JsonParser;
import com.grack.nanojson.JsonParserException;
import org.jspecify.annotations.Nullable;

/** Reads JSON that anybody may have written. */
final class Json {

  /** The parser calls itself for each level. */
  private static final int MAX_DEPTH = 32;

  private Json() {}

  /** The object in {@code text}; null for anything else. */
  static @Nullable JsonObject object(String text) {
    if (!isShallow(text)) {
      return null;
    }
    try {
      return JsonParser.object().from(text);
    } catch (JsonParserException e) {
      return null;
    }
  }

  private static boolean isShallow(String text) {
    int depth = 0;
    boolean quoted = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (quoted) {
        if (c == '\\') {
          i++;
        } else {
          quoted = c != '"';
        }
      } else if (c == '"') {
        quoted = true;
      } else if (c == '{' || c == '[') {
        if (++depth > MAX_DEPTH) {
          return false;
        }
      } else if (c == '}' || c == ']') {
        depth--;
      }
    }
    return true;
  }
}
