package dev.weft.instrumentation.helidon;

import dev.weft.instrumentation.WeakIdentityMap;
import dev.weft.outbound.HeaderMutations;
import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.ServerRequestHeaders;
import io.helidon.http.WritableHeaders;
import io.helidon.webserver.http.RoutingRequest;
import org.jspecify.annotations.Nullable;

/** What applications see instead of the headers of requests that the mesh changed. */
final class ChangedHeaders {

  private static final WeakIdentityMap<ChangedHeaders> CHANGED = new WeakIdentityMap<>();

  private final WritableHeaders<?> headers;
  private final ServerRequestHeaders seen;

  private ChangedHeaders(WritableHeaders<?> headers) {
    this.headers = headers;
    this.seen = ServerRequestHeaders.create(headers);
  }

  static void apply(RoutingRequest request, HeaderMutations changes) {
    if (!changes.isEmpty()) {
      WritableHeaders<?> headers = WritableHeaders.create(request.headers());
      apply(headers, changes);
      CHANGED.put(request, new ChangedHeaders(headers));
    }
  }

  static void apply(WritableHeaders<?> headers, HeaderMutations changes) {
    changes.apply(
        name -> headers.remove(HeaderNames.create(name)),
        (name, value) -> headers.set(HeaderValues.create(name, value)),
        (name, value) -> headers.add(HeaderValues.create(name, value)));
  }

  /** Null where they are those of the request. */
  static @Nullable ServerRequestHeaders of(Object request) {
    ChangedHeaders changed = CHANGED.get(request);
    return changed == null ? null : changed.seen;
  }

  /** The application sets a header of the request. */
  static void set(Object request, Header header) {
    ChangedHeaders changed = CHANGED.get(request);
    if (changed != null) {
      changed.headers.set(header);
    }
  }
}
