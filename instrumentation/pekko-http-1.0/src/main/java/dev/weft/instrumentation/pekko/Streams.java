package dev.weft.instrumentation.pekko;

import java.util.HashMap;
import java.util.Map;
import org.apache.pekko.http.impl.engine.http2.Http2$;
import org.apache.pekko.http.javadsl.model.AttributeKey;
import org.apache.pekko.http.javadsl.model.HttpMessage;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.stream.Materializer;
import org.jspecify.annotations.Nullable;

/** The streams of one HTTP/2 connection that are not answered. */
final class Streams {

  /** The number of its stream, on requests and responses. */
  @SuppressWarnings("unchecked") // A number of Scala, which has another type in Java.
  private static final AttributeKey<Object> ID =
      (AttributeKey<Object>) (AttributeKey<?>) Http2$.MODULE$.streamId();

  private final Map<Object, Exchange> open = new HashMap<>();

  void add(HttpRequest request, Exchange exchange) {
    Object id = id(request);
    if (id != null) {
      open.put(id, exchange);
    }
  }

  private static @Nullable Object id(HttpMessage message) {
    return message.getAttribute(ID).orElse(null);
  }

  /** Null for the answer to a request that came before HTTP/2. */
  @Nullable Exchange remove(HttpResponse response) {
    Object id = id(response);
    return id == null ? null : open.remove(id);
  }

  /** An answer of ours; what else the client sends is not looked at. */
  HttpResponse refusal(HttpResponse response, HttpRequest request, Materializer materializer) {
    Object id = id(request);
    if (!request.entity().isStrict()) {
      request.discardEntityBytes(materializer);
    }
    if (id == null) {
      return response;
    }
    open.remove(id);
    return response.addAttribute(ID, id);
  }

  Iterable<Exchange> open() {
    return open.values();
  }
}
