package dev.weft.instrumentation.jettyclient9;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;

/** Public members that only some of the versions have. */
final class Late {

  private Late() {}

  static @Nullable Class<?> type(String name) {
    try {
      return Class.forName(name, false, Late.class.getClassLoader());
    } catch (ClassNotFoundException anotherVersion) {
      return null;
    }
  }

  static @Nullable Method method(@Nullable Class<?> type, String name, Class<?>... parameters) {
    if (type == null) {
      return null;
    }
    try {
      return type.getMethod(name, parameters);
    } catch (NoSuchMethodException anotherVersion) {
      return null;
    }
  }

  /** What is thrown is thrown here as it is, when it is unchecked. */
  static @Nullable Object call(Method method, Object target, @Nullable Object... arguments) {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      Throwable cause = e.getCause();
      if (cause instanceof RuntimeException) {
        throw (RuntimeException) cause;
      } else if (cause instanceof Error) {
        throw (Error) cause;
      }
      throw new IllegalStateException(method.toString(), cause);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(method.toString(), e);
    }
  }
}
