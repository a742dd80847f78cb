package dev.weft.telemetry;

import dev.weft.bootstrap.Mesh;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The spans of an OpenTelemetry Java agent in the same JVM, by reflection on its API, which it puts
 * on the boot path. Without one, a look at a field. Thread-safe; nothing throws.
 */
public final class OpenTelemetry {

  /** Between two looks for an agent that was not there. */
  private static final long LOOK_NANOS = 10_000_000_000L;

  private volatile @Nullable SpanApi api;
  private volatile long lookedAt = System.nanoTime() - LOOK_NANOS;

  /** The span that this thread works in, if it is recorded; otherwise null. */
  @Nullable Object currentSpan() {
    SpanApi found = api();
    if (found == null) {
      return null;
    }
    try {
      Object span = found.current();
      return found.isRecording(span) ? span : null;
    } catch (ReflectiveOperationException | RuntimeException e) {
      Mesh.problem("OpenTelemetry span", e);
      return null;
    }
  }

  /**
   * Puts attributes on a span of the kind; on one of another kind, which stands for something else
   * than this call, an event with them.
   *
   * @param kind {@code CLIENT} or {@code SERVER}
   * @param attributes values are texts or numbers of type Long
   */
  void tell(Object span, String kind, Map<String, Object> attributes) {
    SpanApi found = api();
    if (found == null) {
      return;
    }
    try {
      if (kind.equals(found.kind(span))) {
        found.setAttributes(span, attributes);
      } else {
        found.addEvent(span, "weft." + kind.toLowerCase(java.util.Locale.ROOT), attributes);
      }
    } catch (ReflectiveOperationException | RuntimeException e) {
      Mesh.problem("OpenTelemetry span", e);
    }
  }

  private @Nullable SpanApi api() {
    SpanApi found = api;
    if (found != null) {
      return found;
    }
    long now = System.nanoTime();
    if (now - lookedAt < LOOK_NANOS) {
      return null;
    }
    lookedAt = now;
    found = SpanApi.find();
    api = found;
    return found;
  }
}
