package dev.weft.instrumentation.vertx;

import static java.util.Objects.requireNonNull;

import io.vertx.core.Context;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Members that differ between Vert.x 4 and 5, or that the oldest versions do not have. */
final class Members {

  private static final Method GET_SERVER = named(RequestOptions.class, "getServer", 0);
  private static final Method SET_SERVER = named(RequestOptions.class, "setServer", 1);
  private static final @Nullable Method GET_PROXY =
      find(RequestOptions.class, "getProxyOptions", 0);
  private static final Method RESET = named(HttpClientRequest.class, "reset", 1);

  /** From 4.5: whether it follows redirects is told apart from how many. */
  static final boolean FOLLOWS_APART =
      find(HttpClientRequest.class, "isFollowRedirects", 0) != null;

  /** Internal, for there is no public way to a promise whose listeners run on its context. */
  private static final Method PROMISE = named(contextType(), "promise", 0);

  private static final MethodHandle LOCALS = locals();

  private Members() {}

  /** What a context carries for those who work for it. */
  @SuppressWarnings("unchecked") // As the library's method declares it.
  static Map<Object, Object> locals(Object context) {
    try {
      return (Map<Object, Object>) LOCALS.invokeExact(context);
    } catch (Throwable t) {
      throw new IllegalStateException(t);
    }
  }

  private static MethodHandle locals() {
    try {
      return MethodHandles.publicLookup()
          .unreflect(named(contextType(), "localContextData", 0))
          .asType(MethodType.methodType(Map.class, Object.class));
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }

  static @Nullable Object server(RequestOptions options) {
    return call(GET_SERVER, options);
  }

  static void setServer(RequestOptions options, SocketAddress server) {
    call(SET_SERVER, options, server);
  }

  static void reset(HttpClientRequest request, long code) {
    call(RESET, request, code);
  }

  /** Whether the options ask for a proxy of their own, as from Vert.x 4.1. */
  static boolean hasProxy(RequestOptions options) {
    return GET_PROXY != null && call(GET_PROXY, options) != null;
  }

  /** Whether {@code reset} tells by a future, as from Vert.x 5. */
  static boolean resetsLater() {
    return RESET.getReturnType() != boolean.class;
  }

  /** A promise that tells its listeners on {@code context}. */
  @SuppressWarnings("unchecked") // A new promise is one of whatever it will be completed with.
  static <T> Promise<T> promise(Context context) {
    return (Promise<T>) requireNonNull(call(PROMISE, context));
  }

  /** The result of a method without arguments of {@code target}'s type {@code type}. */
  static Object get(Class<?> type, @Nullable Object target, String name) {
    return requireNonNull(call(named(type, name, 0), requireNonNull(target)));
  }

  /** Calls a public method of the library; its own exceptions come out as they are. */
  static @Nullable Object call(Method method, Object target, @Nullable Object... arguments) {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      Throwable cause = e.getCause();
      if (cause instanceof RuntimeException) {
        throw (RuntimeException) cause;
      }
      throw new IllegalStateException(cause);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }

  static Class<?> contextType() {
    ClassLoader loader = Context.class.getClassLoader();
    try {
      return Class.forName("io.vertx.core.internal.ContextInternal", false, loader);
    } catch (ClassNotFoundException before5) {
      try {
        return Class.forName("io.vertx.core.impl.ContextInternal", false, loader);
      } catch (ClassNotFoundException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private static Method named(Class<?> type, String name, int parameters) {
    Method found = find(type, name, parameters);
    if (found == null) {
      throw new IllegalStateException(type.getName() + " has no method " + name);
    }
    return found;
  }

  private static @Nullable Method find(Class<?> type, String name, int parameters) {
    for (Method method : type.getMethods()) {
      if (method.getName().equals(name)
          && method.getParameterCount() == parameters
          && !method.isBridge()) {
        return method;
      }
    }
    return null;
  }
}
