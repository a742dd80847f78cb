package dev.weft.telemetry;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes plain data as JSON, indented: values of the model by their accessors, views by their
 * public fields, both in the order in which they are declared. By reflection, so that a field that
 * is added shows without a change here. What is null is left out.
 */
final class PlainJson {

  private final StringBuilder out = new StringBuilder();
  private int depth;

  private PlainJson() {}

  static String of(@Nullable Object value) {
    PlainJson json = new PlainJson();
    json.value(value);
    return json.out.append('\n').toString();
  }

  private void value(@Nullable Object value) {
    if (value == null) {
      out.append("null");
    } else if (value instanceof Boolean || value instanceof Integer || value instanceof Long) {
      out.append(value);
    } else if (value instanceof Double) {
      double number = (Double) value;
      out.append(Double.isNaN(number) || Double.isInfinite(number) ? "null" : value.toString());
    } else if (value instanceof CharSequence || value instanceof Enum) {
      text(value.toString());
    } else if (value instanceof Collection) {
      list((Collection<?>) value);
    } else if (value instanceof Map) {
      map((Map<?, ?>) value);
    } else {
      object(value);
    }
  }

  private void list(Collection<?> values) {
    if (values.isEmpty()) {
      out.append("[]");
      return;
    }
    open('[');
    boolean first = true;
    for (Object each : values) {
      next(first);
      first = false;
      value(each);
    }
    close(']');
  }

  private void map(Map<?, ?> entries) {
    if (entries.isEmpty()) {
      out.append("{}");
      return;
    }
    open('{');
    boolean first = true;
    for (Map.Entry<?, ?> entry : entries.entrySet()) {
      next(first);
      first = false;
      text(String.valueOf(entry.getKey()));
      out.append(": ");
      value(entry.getValue());
    }
    close('}');
  }

  private void object(Object value) {
    open('{');
    boolean first = true;
    for (Field field : value.getClass().getDeclaredFields()) {
      if (Modifier.isStatic(field.getModifiers()) || field.isSynthetic()) {
        continue;
      }
      Object content = read(value, field);
      if (content != null) {
        next(first);
        first = false;
        text(field.getName());
        out.append(": ");
        value(content);
      }
    }
    close('}');
  }

  private static @Nullable Object read(Object value, Field field) {
    try {
      return Modifier.isPublic(field.getModifiers())
          ? field.get(value)
          : value.getClass().getMethod(field.getName()).invoke(value);
    } catch (ReflectiveOperationException e) {
      // Not for the public, then.
      return null;
    }
  }

  private void open(char bracket) {
    out.append(bracket);
    depth++;
  }

  private void next(boolean first) {
    if (!first) {
      out.append(',');
    }
    line();
  }

  private void close(char bracket) {
    depth--;
    line();
    out.append(bracket);
  }

  private void line() {
    out.append('\n');
    for (int i = 0; i < depth; i++) {
      out.append("  ");
    }
  }

  private void text(String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < 0x20 || Character.isSurrogate(c)) {
        out.append(String.format("\\u%04x", (int) c));
      } else {
        out.append(c);
      }
    }
    out.append('"');
  }
}
