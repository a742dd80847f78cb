package dev.weft.instrumentation.servlet.javax;

import dev.weft.outbound.HeaderMutations;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.servlet.AsyncContext;
import javax.servlet.ServletResponse;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletRequestWrapper;
import org.jspecify.annotations.Nullable;

/**
 * A request whose headers are those that a verdict says, for a container whose own request cannot
 * be changed. Whoever gets at the container's request behind it sees the old ones.
 */
final class ChangedRequest extends HttpServletRequestWrapper {

  private final ServletResponse response;
  private final Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

  ChangedRequest(HttpServletRequest request, ServletResponse response, HeaderMutations changes) {
    super(request);
    this.response = response;
    Enumeration<String> names = request.getHeaderNames();
    while (names != null && names.hasMoreElements()) {
      String name = names.nextElement();
      headers.put(name, Collections.list(request.getHeaders(name)));
    }
    changes.apply(
        headers::remove,
        (name, value) -> headers.put(name, new ArrayList<>(Collections.singletonList(value))),
        (name, value) -> headers.computeIfAbsent(name, absent -> new ArrayList<>()).add(value));
  }

  @Override
  public @Nullable String getHeader(String name) {
    List<String> values = headers.get(name);
    return values == null ? null : values.get(0);
  }

  @Override
  public Enumeration<String> getHeaders(String name) {
    return Collections.enumeration(headers.getOrDefault(name, Collections.emptyList()));
  }

  @Override
  public Enumeration<String> getHeaderNames() {
    return Collections.enumeration(headers.keySet());
  }

  @Override
  public int getIntHeader(String name) {
    String value = getHeader(name);
    return value == null ? -1 : Integer.parseInt(value);
  }

  @Override
  public long getDateHeader(String name) {
    // The container parses it; what a verdict sets is no date.
    return headers.containsKey(name) ? super.getDateHeader(name) : -1;
  }

  /** As the container does it, but what is dispatched later is this request. */
  @Override
  public AsyncContext startAsync() {
    return super.startAsync(this, response);
  }
}
