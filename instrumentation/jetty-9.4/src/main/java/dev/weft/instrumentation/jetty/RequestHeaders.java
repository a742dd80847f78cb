package dev.weft.instrumentation.jetty;

import dev.weft.outbound.HeaderMutations;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/**
 * Changes the headers of a request of Jetty 9.4 to 11. By reflection, because they are a class that
 * can be changed in 9.4, and an interface of values that are replaced since 10.
 */
final class RequestHeaders {

  private static final @Nullable Method BUILD = method(HttpFields.class, "build", HttpFields.class);
  private static final @Nullable Method REPLACE =
      method(Request.class, "setHttpFields", HttpFields.class);

  private RequestHeaders() {}

  static void change(Request request, HeaderMutations changes) {
    try {
      Object fields = request.getHttpFields();
      if (BUILD == null || REPLACE == null) {
        apply(changes, fields, HttpFields.class);
      } else {
        Object copy = BUILD.invoke(null, fields);
        apply(changes, copy, BUILD.getReturnType());
        REPLACE.invoke(request, copy);
      }
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("headers of Jetty's request", e);
    }
  }

  private static void apply(HeaderMutations changes, Object fields, Class<?> type)
      throws NoSuchMethodException {
    Method remove = type.getMethod("remove", String.class);
    Method put = type.getMethod("put", String.class, String.class);
    Method add = type.getMethod("add", String.class, String.class);
    changes.apply(
        name -> call(remove, fields, name),
        (name, value) -> call(put, fields, name, value),
        (name, value) -> call(add, fields, name, value));
  }

  private static void call(Method method, Object target, Object... arguments) {
    try {
      method.invoke(target, arguments);
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException(method.toString(), e);
    }
  }

  private static @Nullable Method method(Class<?> type, String name, Class<?>... parameters) {
    try {
      return type.getMethod(name, parameters);
    } catch (NoSuchMethodException otherVersion) {
      return null;
    }
  }
}
