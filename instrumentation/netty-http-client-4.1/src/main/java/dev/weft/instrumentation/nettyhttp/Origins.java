package dev.weft.instrumentation.nettyhttp;

import dev.weft.context.CallContext;
import dev.weft.instrumentation.WeakIdentityMap;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.AttributeKey;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;

/**
 * For whom a request is sent that one thread makes and another writes: known by the object that
 * both have, and used once. Thread-safe.
 */
final class Origins {

  /** On a connection that was lent to one request: for whom. */
  private static final AttributeKey<CallContext> LENT = AttributeKey.valueOf("dev.weft.lent");

  /** By requests of libraries and of Netty, and by headers that were taken out of one. */
  private static final WeakIdentityMap<CallContext> MADE = new WeakIdentityMap<>();

  /** Null where the connection is one of another copy of Netty. */
  private static final ClassValue<@Nullable MethodHandle> CHANNEL =
      new ClassValue<@Nullable MethodHandle>() {
        @Override
        protected @Nullable MethodHandle computeValue(Class<?> type) {
          try {
            // By name, as copies of this adapter have other types in the place of Netty's.
            Class<?> connection =
                Class.forName("reactor.netty.Connection", false, type.getClassLoader());
            return MethodHandles.publicLookup()
                .findVirtual(connection, "channel", MethodType.methodType(Channel.class));
          } catch (ReflectiveOperationException e) {
            return null;
          }
        }
      };

  private Origins() {}

  /** {@code request} was made here; outside of any request that says nothing of where it is for. */
  static void made(Object request) {
    CallContext context = CallContext.current();
    if (!context.isEmpty()) {
      MADE.put(request, context);
    }
  }

  /** A library turned its {@code request}, which has headers of its own, into Netty's. */
  static void turned(Object request, @Nullable Object into) {
    CallContext context = MADE.remove(request);
    if (context != null && into instanceof HttpRequest) {
      Object headers = ((HttpRequest) into).headers();
      MADE.put(headers instanceof EmptyHttpHeaders ? into : headers, context);
    }
  }

  /** {@code call} of a library, which is never another's, begins here. */
  static void began(Object call) {
    MADE.put(call, CallContext.current());
  }

  /** Where {@code call} began; {@link CallContext#NONE} when that is not known. */
  static CallContext of(Object call) {
    CallContext context = MADE.get(call);
    return context == null ? CallContext.NONE : context;
  }

  /**
   * {@code call} has {@code connection}, and what is written to it next is its.
   *
   * @param connection a {@code reactor.netty.Connection}
   */
  static void lent(Object connection, Object call) {
    CallContext context = MADE.get(call);
    MethodHandle channel = CHANNEL.get(connection.getClass());
    if (context == null || channel == null) {
      return;
    }
    try {
      ((Channel) channel.invoke(connection)).attr(LENT).set(context);
    } catch (Throwable t) {
      throw new IllegalStateException("no channel: " + connection, t);
    }
  }

  /** For whom {@code request} is, which is being written: whoever writes it, when not known. */
  static CallContext take(Channel channel, HttpRequest request) {
    CallContext lent = channel.attr(LENT).getAndSet(null);
    CallContext turned = MADE.remove(request.headers());
    CallContext made = MADE.remove(request);
    if (lent != null) {
      return lent;
    }
    if (turned != null) {
      // Netty's request may have been made in the middle of somebody else's.
      return turned;
    }
    return made == null ? CallContext.current() : made;
  }
}
