package dev.weft.control.rest;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.ResponseHeadersBuilder;
import dev.weft.control.core.Refused;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Trees as HTTP responses, in the format that the request asks for. */
final class Reply {

  private static final int LONGEST_WARNING = 1000;

  private Reply() {}

  static HttpResponse of(RequestHeaders asked, HttpStatus code, Map<String, Object> tree) {
    return of(asked, code, tree, List.of());
  }

  /**
   * @param warnings for {@code Warning} headers, which kubectl shows to its user
   */
  static HttpResponse of(
      RequestHeaders asked, HttpStatus code, Map<String, Object> tree, List<String> warnings) {
    boolean yaml = asksForYaml(asked);
    ResponseHeadersBuilder headers =
        ResponseHeaders.builder(code).contentType(yaml ? Bodies.YAML : MediaType.JSON);
    for (String warning : warnings) {
      headers.add(HttpHeaderNames.WARNING, "299 - \"" + quotable(warning) + "\"");
    }
    HttpData body =
        yaml ? HttpData.ofUtf8(Bodies.writeYaml(tree)) : HttpData.wrap(Bodies.write(tree));
    return HttpResponse.of(headers.build(), body);
  }

  static HttpResponse refusal(RequestHeaders asked, Refused refused) {
    return of(asked, Statuses.codeOf(refused.reason()), Statuses.failure(refused));
  }

  /** Whether YAML is named before JSON or instead of it. */
  private static boolean asksForYaml(RequestHeaders asked) {
    String accept = asked.get(HttpHeaderNames.ACCEPT, "").toLowerCase(Locale.ROOT);
    int yaml = accept.indexOf("yaml");
    int json = accept.indexOf("json");
    return yaml >= 0 && (json < 0 || yaml < json);
  }

  private static String quotable(String warning) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < warning.length() && text.length() < LONGEST_WARNING; i++) {
      char c = warning.charAt(i);
      if (c == '"' || c == '\\') {
        text.append('\\').append(c);
      } else {
        text.append(c >= ' ' && c < 127 ? c : '?');
      }
    }
    return text.toString();
  }
}
