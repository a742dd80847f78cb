package dev.weft.telemetry;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The few methods of OpenTelemetry's API that are called, found by name on the boot path. */
final class SpanApi {

  private static final String API = "io.opentelemetry.javaagent.shaded.io.opentelemetry.api.";

  private final Method current;
  private final Method isRecording;
  private final Method setText;
  private final Method setNumber;
  private final Method addEvent;
  private final Method attributes;
  private final Method putText;
  private final Method putNumber;
  private final Method build;

  /** Spans have no public kind; those of OpenTelemetry's SDK, the only ones so far, tell theirs. */
  private final ClassValue<@Nullable Method> kind =
      new ClassValue<@Nullable Method>() {
        @Override
        protected @Nullable Method computeValue(Class<?> type) {
          return kindOf(type);
        }
      };

  private SpanApi() throws ReflectiveOperationException {
    Class<?> span = Class.forName(API + "trace.Span", true, null);
    Class<?> all = Class.forName(API + "common.Attributes", true, null);
    Class<?> builder = Class.forName(API + "common.AttributesBuilder", true, null);
    current = span.getMethod("current");
    isRecording = span.getMethod("isRecording");
    setText = span.getMethod("setAttribute", String.class, String.class);
    setNumber = span.getMethod("setAttribute", String.class, long.class);
    addEvent = span.getMethod("addEvent", String.class, all);
    attributes = all.getMethod("builder");
    putText = builder.getMethod("put", String.class, String.class);
    putNumber = builder.getMethod("put", String.class, long.class);
    build = builder.getMethod("build");
  }

  /** Null where there is no OpenTelemetry agent. */
  static @Nullable SpanApi find() {
    try {
      return new SpanApi();
    } catch (ReflectiveOperationException | LinkageError e) {
      return null;
    }
  }

  Object current() throws ReflectiveOperationException {
    return current.invoke(null);
  }

  boolean isRecording(Object span) throws ReflectiveOperationException {
    return (Boolean) isRecording.invoke(span);
  }

  /** {@code CLIENT}, {@code SERVER} and so on; empty when the span does not tell. */
  String kind(Object span) throws ReflectiveOperationException {
    Method method = kind.get(span.getClass());
    return method == null ? "" : String.valueOf(method.invoke(span));
  }

  void setAttributes(Object span, Map<String, Object> values) throws ReflectiveOperationException {
    put(span, setText, setNumber, values);
  }

  void addEvent(Object span, String name, Map<String, Object> values)
      throws ReflectiveOperationException {
    Object builder = attributes.invoke(null);
    put(builder, putText, putNumber, values);
    addEvent.invoke(span, name, build.invoke(builder));
  }

  private static void put(Object to, Method text, Method number, Map<String, Object> values)
      throws IllegalAccessException, InvocationTargetException {
    for (Map.Entry<String, Object> value : values.entrySet()) {
      Method method = value.getValue() instanceof Long ? number : text;
      method.invoke(to, value.getKey(), value.getValue());
    }
  }

  private static @Nullable Method kindOf(Class<?> type) {
    for (Class<?> at = type; at != null; at = at.getSuperclass()) {
      for (Class<?> implemented : at.getInterfaces()) {
        if (implemented.getName().equals("io.opentelemetry.sdk.trace.ReadableSpan")) {
          try {
            return implemented.getMethod("getKind");
          } catch (NoSuchMethodException e) {
            return null;
          }
        }
        Method inherited = kindOf(implemented);
        if (inherited != null) {
          return inherited;
        }
      }
    }
    return null;
  }
}
