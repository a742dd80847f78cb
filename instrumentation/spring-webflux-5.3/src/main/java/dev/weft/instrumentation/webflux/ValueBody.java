package dev.weft.instrumentation.webflux;

import java.io.Closeable;
import java.nio.Buffer;
import java.util.Iterator;
import java.util.stream.BaseStream;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.springframework.core.io.Resource;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.ReactiveHttpOutputMessage;
import org.springframework.util.MultiValueMap;
import org.springframework.web.reactive.function.BodyInserter;
import org.springframework.web.reactive.function.BodyInserters;
import reactor.core.publisher.Mono;

/** A body that is written from a value each time. */
final class ValueBody<T, M extends ReactiveHttpOutputMessage> implements BodyInserter<T, M> {

  private static final Class<?>[] CONSUMED_BY_WRITING = {
    DataBuffer.class,
    Buffer.class,
    Closeable.class,
    Iterator.class,
    BaseStream.class,
    Publisher.class,
    // May be written as parts of any kind.
    MultiValueMap.class
  };

  private final BodyInserter<T, M> inserter;

  ValueBody(BodyInserter<T, M> inserter) {
    this.inserter = inserter;
  }

  /** Whether writing {@code value} leaves it as it was. */
  static boolean isRepeatable(@Nullable Object value) {
    if (value instanceof Resource) {
      return !((Resource) value).isOpen();
    }
    for (Class<?> consumed : CONSUMED_BY_WRITING) {
      if (consumed.isInstance(value)) {
        return false;
      }
    }
    return value == null || !value.getClass().getName().startsWith("io.netty.");
  }

  static boolean isRepeatable(BodyInserter<?, ?> body) {
    return body instanceof ValueBody
        || body == BodyInserters.empty()
        || (body instanceof BodyInserters.FormInserter
            && !(body instanceof BodyInserters.MultipartInserter));
  }

  @Override
  public Mono<Void> insert(M message, Context context) {
    return inserter.insert(message, context);
  }
}
