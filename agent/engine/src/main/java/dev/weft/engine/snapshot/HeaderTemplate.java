package dev.weft.engine.snapshot;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A header value with Envoy's command operators: {@code %REQ(name?other):length%}, {@code
 * %RESP(name)%}, {@code %PROTOCOL%} and {@code %%}. Operators that are not known stay as they are
 * written.
 */
public final class HeaderTemplate {

  private static final String PROTOCOL = "HTTP/1.1";

  private enum Source {
    LITERAL,
    REQUEST,
    RESPONSE
  }

  private static final class Part {
    final Source source;
    final String text;
    final @Nullable String otherwise;
    final int maxLength;

    Part(Source source, String text, @Nullable String otherwise, int maxLength) {
      this.source = source;
      this.text = text;
      this.otherwise = otherwise;
      this.maxLength = maxLength;
    }
  }

  private final List<Part> parts;

  private HeaderTemplate(List<Part> parts) {
    this.parts = parts;
  }

  static HeaderTemplate parse(String value) {
    List<Part> parts = new ArrayList<>();
    StringBuilder literal = new StringBuilder();
    int at = 0;
    while (at < value.length()) {
      char c = value.charAt(at);
      int end = c == '%' ? value.indexOf('%', at + 1) : -1;
      if (end < 0) {
        literal.append(c);
        at++;
        continue;
      }
      String operator = value.substring(at + 1, end);
      Part part = operator.isEmpty() ? null : operator(operator);
      if (part != null) {
        flush(literal, parts);
        parts.add(part);
      } else if (operator.isEmpty()) {
        literal.append('%');
      } else if (operator.equals("PROTOCOL")) {
        literal.append(PROTOCOL);
      } else if (isOperatorName(operator)) {
        literal.append(value, at, end + 1);
      } else {
        // A lone percent sign: what follows may hold an operator of its own.
        literal.append('%');
        end = at;
      }
      at = end + 1;
    }
    flush(literal, parts);
    return new HeaderTemplate(parts);
  }

  private static void flush(StringBuilder literal, List<Part> parts) {
    if (literal.length() > 0) {
      parts.add(new Part(Source.LITERAL, literal.toString(), null, Integer.MAX_VALUE));
      literal.setLength(0);
    }
  }

  private static boolean isOperatorName(String operator) {
    char first = operator.charAt(0);
    return first >= 'A' && first <= 'Z';
  }

  private static @Nullable Part operator(String operator) {
    Source source =
        operator.startsWith("REQ(")
            ? Source.REQUEST
            : operator.startsWith("RESP(") ? Source.RESPONSE : null;
    int close = operator.lastIndexOf(')');
    if (source == null || close < 0) {
      return null;
    }
    int maxLength = Integer.MAX_VALUE;
    if (close + 1 < operator.length()) {
      try {
        maxLength = Integer.parseInt(operator.substring(close + 2));
      } catch (NumberFormatException e) {
        return null;
      }
      if (operator.charAt(close + 1) != ':' || maxLength < 0) {
        return null;
      }
    }
    String names = operator.substring(operator.indexOf('(') + 1, close).toLowerCase(Locale.ROOT);
    int question = names.indexOf('?');
    return question < 0
        ? new Part(source, names, null, maxLength)
        : new Part(source, names.substring(0, question), names.substring(question + 1), maxLength);
  }

  boolean isConstant() {
    return parts.isEmpty() || (parts.size() == 1 && parts.get(0).source == Source.LITERAL);
  }

  /**
   * The value for one request.
   *
   * @param request headers of the request, pseudo headers included
   * @param response headers of the response
   */
  public String render(HeaderSource request, HeaderSource response) {
    if (isConstant()) {
      return parts.isEmpty() ? "" : parts.get(0).text;
    }
    StringBuilder result = new StringBuilder();
    for (int i = 0; i < parts.size(); i++) {
      Part part = parts.get(i);
      if (part.source == Source.LITERAL) {
        result.append(part.text);
        continue;
      }
      HeaderSource values = part.source == Source.REQUEST ? request : response;
      String value = values.get(part.text);
      if (value == null && part.otherwise != null) {
        value = values.get(part.otherwise);
      }
      if (value != null) {
        result.append(value, 0, Math.min(value.length(), part.maxLength));
      }
    }
    return result.toString();
  }
}
