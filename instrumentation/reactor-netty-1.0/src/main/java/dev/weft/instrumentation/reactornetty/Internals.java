package dev.weft.instrumentation.reactornetty;

import io.netty.handler.codec.http.HttpRequest;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.client.HttpClientConfig;

/** What the client keeps to itself. A member that is not there counts as one that is not set. */
final class Internals {

  private static final @Nullable Field REDIRECTED_FROM =
      field("reactor.netty.http.client.HttpClientConnect$HttpClientHandler", "redirectedFrom");
  private static final @Nullable Field BODY =
      field("reactor.netty.http.client.HttpClientConfig", "body");

  private Internals() {}

  /**
   * Whether the client follows a redirect to another authority than the one that was decided on.
   *
   * @param handler the client's own handler of one request, which supplies its address
   */
  static boolean isElsewhere(Object handler) {
    Object from = get(REDIRECTED_FROM, handler);
    if (!(from instanceof Supplier[]) || ((Supplier<?>[]) from).length == 0) {
      return false;
    }
    try {
      URI first = URI.create(String.valueOf(((Supplier<?>[]) from)[0].get()));
      SocketAddress now = (SocketAddress) ((Supplier<?>) handler).get();
      return !(now instanceof InetSocketAddress)
          || !((InetSocketAddress) now).getHostString().equals(first.getHost())
          || ((InetSocketAddress) now).getPort() != (first.getPort() < 0 ? 80 : first.getPort());
    } catch (IllegalArgumentException e) {
      return true;
    }
  }

  /** Whether the application gave something that writes a body. */
  static boolean hasBody(HttpClientConfig config) {
    return BODY == null || get(BODY, config) != null;
  }

  /** The request line and headers of {@code operations} as they will be sent. */
  static HttpRequest head(Object operations) throws ReflectiveOperationException {
    Method head = operations.getClass().getDeclaredMethod("getNettyRequest");
    head.setAccessible(true);
    return (HttpRequest) head.invoke(operations);
  }

  private static @Nullable Field field(String type, String name) {
    try {
      Field field =
          Class.forName(type, false, Internals.class.getClassLoader()).getDeclaredField(name);
      field.setAccessible(true);
      return field;
    } catch (ReflectiveOperationException | RuntimeException e) {
      return null;
    }
  }

  private static @Nullable Object get(@Nullable Field field, Object owner) {
    try {
      return field == null ? null : field.get(owner);
    } catch (IllegalAccessException | IllegalArgumentException e) {
      return null;
    }
  }
}
