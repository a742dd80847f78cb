package dev.weft.instrumentation.jettyclient9;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.LinkedHashSet;
import java.util.Set;
import org.eclipse.jetty.client.api.ContentProvider;
import org.eclipse.jetty.client.api.Request;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request, which its attempts share: the failure of one of them is not that of the
 * body. A {@code ContentProvider} before Jetty 10, a {@code Request.Content} since: all that the
 * library sees are the interfaces which the body has for it.
 */
final class AttemptBody implements InvocationHandler {

  private static final @Nullable Class<?> CONTENT =
      Late.type("org.eclipse.jetty.client.api.Request$Content");
  private static final @Nullable Method GET =
      Late.method(Request.class, CONTENT == null ? "getContent" : "getBody");
  private static final @Nullable Method SET =
      CONTENT == null
          ? Late.method(Request.class, "content", ContentProvider.class)
          : Late.method(Request.class, "body", CONTENT);
  private static final @Nullable Method FAIL = Late.method(CONTENT, "fail", Throwable.class);
  private static final @Nullable Method REPRODUCIBLE =
      Late.method(CONTENT == null ? ContentProvider.class : CONTENT, "isReproducible");

  private final Object body;
  private final Object shared;
  private volatile boolean started;

  private AttemptBody(Object body) {
    this.body = body;
    Set<Class<?>> seen = new LinkedHashSet<>();
    for (Class<?> type = body.getClass(); type != null; type = type.getSuperclass()) {
      addInterfaces(type, seen);
    }
    this.shared =
        Proxy.newProxyInstance(Request.class.getClassLoader(), seen.toArray(new Class<?>[0]), this);
  }

  private static void addInterfaces(Class<?> type, Set<Class<?>> seen) {
    for (Class<?> one : type.getInterfaces()) {
      // Not those of the JDK, by which the library would close or fail it.
      if (one.getClassLoader() == Request.class.getClassLoader()
          && Modifier.isPublic(one.getModifiers())
          && one.getName().startsWith("org.eclipse.jetty.client.")) {
        seen.add(one);
      }
      addInterfaces(one, seen);
    }
  }

  /** That of {@code request}; null when it has none. */
  static @Nullable AttemptBody of(Request request) {
    Object body = GET == null ? null : Late.call(GET, request);
    return body == null ? null : new AttemptBody(body);
  }

  /**
   * Since Jetty 10 a request that was sent has a body, if an empty one: its handlers ask for it.
   */
  static void copy(Request from, Request to) {
    if (GET != null && SET != null) {
      Late.call(SET, to, Late.call(GET, from));
    }
  }

  void addTo(Request attempt) {
    if (SET != null) {
      Late.call(SET, attempt, shared);
    }
  }

  /** Whether it can be sent, from its beginning, once more. */
  boolean isThere() {
    return !started || (REPRODUCIBLE != null && Boolean.TRUE.equals(Late.call(REPRODUCIBLE, body)));
  }

  /** Nobody will send it any more. */
  void fail(Throwable failure) {
    if (FAIL != null) {
      Late.call(FAIL, body, failure);
    } else if (body instanceof Callback) {
      ((Callback) body).failed(failure);
    }
  }

  @Override
  public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments)
      throws Throwable {
    switch (method.getName()) {
      case "fail":
        return null;
      case "iterator":
      case "subscribe":
        started = true;
        break;
      default:
    }
    try {
      return method.invoke(body, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}
