package dev.weft.instrumentation.netty;

import io.netty.channel.ChannelHandler;
import io.netty.handler.ssl.SslContext;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Guesses what a server speaks before its first connection, from the objects that will set its
 * connections up: what their classes are called, and what the class files of the application's own
 * initializers mention. Reads private fields, because a server's parts are shown in no other way.
 */
final class Acceptor {

  private static final int DEPTH = 5;
  private static final int OBJECTS = 300;
  private static final String[] MENTIONS = {
    "codec/http/HttpServerCodec", "codec/http/HttpRequestDecoder", "codec/http2/Http2"
  };

  private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Deque<Part> parts = new ArrayDeque<>();
  private @Nullable String protocol;
  private boolean tls;

  /** {@code http} or {@code grpc}; null when nothing points to either. */
  @Nullable String protocol() {
    return protocol;
  }

  /** Whether a TLS context was found. */
  boolean tls() {
    return tls;
  }

  /** Looks at a handler of the channel that accepts, and at what hangs on it, nearest first. */
  void look(ChannelHandler handler) {
    if (handler instanceof ServerPort) {
      return;
    }
    enqueue(handler, 0);
    for (Part next = parts.poll(); next != null; next = parts.poll()) {
      look(next.object, next.depth);
    }
  }

  private void enqueue(@Nullable Object part, int depth) {
    if (part == null || depth > DEPTH || seen.size() >= OBJECTS || !seen.add(part)) {
      return;
    }
    if (part instanceof Map) {
      enqueueAll(((Map<?, ?>) part).values(), depth);
    } else if (part instanceof Collection) {
      enqueueAll((Collection<?>) part, depth);
    } else {
      parts.add(new Part(part, depth));
    }
  }

  private void enqueueAll(Collection<?> all, int depth) {
    int left = 16;
    for (Object part : all) {
      if (left-- == 0) {
        return;
      }
      enqueue(part, depth);
    }
  }

  private void look(Object part, int depth) {
    Class<?> type = part.getClass();
    String name = Pipelines.nameOf(type);
    if (part instanceof SslContext) {
      tls = true;
    } else if (!name.startsWith("java.") && !name.startsWith("jdk.") && !type.isArray()) {
      judge(part, type);
      if (depth == 0 || !name.startsWith("io.netty.")) {
        lookAtFields(part, depth);
      }
    }
  }

  private void judge(Object part, Class<?> type) {
    String named = ServerPort.protocolOf(Pipelines.nameOf(type));
    if (named == null && part instanceof ChannelHandler && mentionsHttp(type)) {
      named = "http";
    }
    if (named != null && protocol == null) {
      protocol = named;
    }
  }

  private void lookAtFields(Object part, int depth) {
    for (Class<?> type = part.getClass(); type != null; type = type.getSuperclass()) {
      if (Pipelines.nameOf(type).startsWith("java.")) {
        return;
      }
      for (Field field : fieldsOf(type)) {
        boolean acceptors = depth > 0 || ChannelHandler.class.isAssignableFrom(field.getType());
        if (acceptors
            && !field.getType().isPrimitive()
            && !Modifier.isStatic(field.getModifiers())) {
          enqueue(valueOf(field, part), depth + 1);
        }
      }
    }
  }

  /** None where the types of some are not there: frameworks have parts that are optional. */
  private static Field[] fieldsOf(Class<?> type) {
    try {
      return type.getDeclaredFields();
    } catch (LinkageError optional) {
      return new Field[0];
    }
  }

  private static @Nullable Object valueOf(Field field, Object of) {
    try {
      field.setAccessible(true);
      return field.get(of);
    } catch (IllegalAccessException | RuntimeException closed) {
      return null;
    }
  }

  private static boolean mentionsHttp(Class<?> initializer) {
    ClassLoader loader = initializer.getClassLoader();
    String name = initializer.getName();
    int lambda = name.indexOf("$$Lambda");
    String file = (lambda < 0 ? name : name.substring(0, lambda)).replace('.', '/') + ".class";
    try (InputStream in = loader == null ? null : loader.getResourceAsStream(file)) {
      if (in == null) {
        return false;
      }
      ByteArrayOutputStream out = new ByteArrayOutputStream(8192);
      byte[] buffer = new byte[8192];
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        out.write(buffer, 0, count);
      }
      String text = new String(out.toByteArray(), StandardCharsets.ISO_8859_1);
      for (String mention : MENTIONS) {
        if (text.contains(mention)) {
          return true;
        }
      }
      return false;
    } catch (IOException unreadable) {
      return false;
    }
  }

  private static final class Part {
    final Object object;
    final int depth;

    Part(Object object, int depth) {
      this.object = object;
      this.depth = depth;
    }
  }
}
