package dev.weft.instrumentation.grpc;

import dev.weft.bootstrap.Mesh;
import dev.weft.transport.Endpoint;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Takes each call of one channel through the mesh. */
final class MeshInterceptor implements ClientInterceptor {

  private static final int PLAINTEXT_PORT = 80;
  private static final Pattern PORT = Pattern.compile(":([0-9]{1,5})/?$");

  /** Names that say where to go in ways of their own. */
  private static final Pattern LEFT_ALONE =
      Pattern.compile("(xds|google-c2p|google-c2p-experimental|unix|unix-abstract|inproc):.*");

  private final String target;

  private MeshInterceptor(String target) {
    this.target = target;
  }

  /**
   * The interceptors of a channel with ours before them, where it runs last; null for a channel
   * that is not the mesh's: one with TLS of its own, in-process, or of xDS.
   */
  static @Nullable List<ClientInterceptor> addTo(
      List<ClientInterceptor> interceptors, Object builder) {
    String target;
    try {
      if (defaultPort(builder) != PLAINTEXT_PORT) {
        return null;
      }
      target = target(builder);
    } catch (ReflectiveOperationException | RuntimeException e) {
      Mesh.problem("gRPC channel", e);
      return null;
    }
    if (LEFT_ALONE.matcher(target).matches()) {
      return null;
    }
    List<ClientInterceptor> all = new ArrayList<>(interceptors.size() + 1);
    all.add(new MeshInterceptor(target));
    all.addAll(interceptors);
    return all;
  }

  /**
   * The port that the transport takes for a name without one: 80 just for plaintext. By reflection,
   * because no builder tells in public what it will speak.
   */
  private static int defaultPort(Object builder) throws ReflectiveOperationException {
    Method port = implementation(builder).getDeclaredMethod("getDefaultPort");
    port.setAccessible(true);
    return (Integer) port.invoke(builder);
  }

  /** What the application named; the channel itself tells only the authority. */
  private static String target(Object builder) throws ReflectiveOperationException {
    Field target = implementation(builder).getDeclaredField("target");
    target.setAccessible(true);
    return (String) target.get(builder);
  }

  /** The library's class that has both. */
  private static Class<?> implementation(Object builder) {
    Class<?> type = builder.getClass();
    while (!type.getName().startsWith("io.grpc.internal.")) {
      type = type.getSuperclass();
    }
    return type;
  }

  @Override
  public <Q, R> ClientCall<Q, R> interceptCall(
      MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
    String authority = options.getAuthority();
    if (authority == null) {
      authority = next.authority();
    }
    String host = PORT.matcher(authority).replaceFirst("");
    if (options.getOption(Destination.KEY) != null || Endpoint.isSynthetic(host)) {
      return next.newCall(method, options);
    }
    return new MeshClientCall<>(next, method, options, authority, port(authority));
  }

  /** Of the address that the application named, not of an authority in its place. */
  private int port(String authority) {
    Matcher port = PORT.matcher(target);
    if (!port.find()) {
      port = PORT.matcher(authority);
      if (!port.find()) {
        return PLAINTEXT_PORT;
      }
    }
    return Integer.parseInt(port.group(1));
  }
}
