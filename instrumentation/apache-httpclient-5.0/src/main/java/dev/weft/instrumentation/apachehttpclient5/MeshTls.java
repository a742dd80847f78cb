package dev.weft.instrumentation.apachehttpclient5;

import dev.weft.bootstrap.Mesh;
import dev.weft.transport.Endpoint;
import dev.weft.transport.TransportSecurity.ClientTls;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.InetSocketAddress;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.function.Resolver;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.config.Lookup;
import org.apache.hc.core5.http.nio.ssl.TlsStrategy;
import org.apache.hc.core5.net.NamedEndpoint;
import org.apache.hc.core5.reactor.ssl.SSLBufferMode;
import org.apache.hc.core5.reactor.ssl.TransportSecurityLayer;
import org.apache.hc.core5.util.ReflectionUtils;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/** TLS of an asynchronous client: ours to endpoints of the mesh, the application's elsewhere. */
final class MeshTls {

  private MeshTls() {}

  static Lookup<TlsStrategy> dispatching(Lookup<TlsStrategy> strategies) {
    return scheme -> {
      TlsStrategy own = strategies.lookup(scheme);
      return "https".equalsIgnoreCase(scheme) ? dispatching(own, "http/1.1") : own;
    };
  }

  /**
   * A proxy, since the interface got a second {@code upgrade} over time, with which the
   * application's own strategy must be asked.
   *
   * @param protocol what the client speaks without being told otherwise, {@code http/1.1} or {@code
   *     h2}
   */
  static TlsStrategy dispatching(@Nullable TlsStrategy own, String protocol) {
    InvocationHandler upgrade =
        (proxy, method, arguments) -> {
          if (!method.getName().equals("upgrade")) {
            return method.invoke(own == null ? protocol : own, arguments);
          }
          NamedEndpoint peer = (NamedEndpoint) arguments[1];
          boolean ours = Endpoint.isTls(peer.getHostName());
          if (!ours && own != null) {
            return call(method, own, arguments);
          }
          // (session, peer, local, remote, attachment, timeout): boolean, or, since 5.2,
          // (session, peer, attachment, timeout, callback): void
          boolean first = arguments.length == 6;
          if (ours) {
            start(
                (TransportSecurityLayer) arguments[0],
                peer,
                speaksH2(arguments[first ? 4 : 2]) ? "h2" : protocol,
                (Timeout) arguments[first ? 5 : 3]);
          }
          if (!first && arguments[4] != null) {
            complete((FutureCallback<?>) arguments[4], arguments[0]);
          }
          return first ? ours : null;
        };
    return (TlsStrategy)
        Proxy.newProxyInstance(
            TlsStrategy.class.getClassLoader(), new Class<?>[] {TlsStrategy.class}, upgrade);
  }

  /** What is written waits for the handshake, so that nobody else needs to. */
  @SuppressWarnings("unchecked") // The library's interface says what this callback takes.
  private static void complete(FutureCallback<?> callback, Object session) {
    ((FutureCallback<Object>) callback).completed(session);
  }

  private static @Nullable Object call(Method method, Object target, Object[] arguments)
      throws Throwable {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      Throwable cause = e.getCause();
      throw cause == null ? e : cause;
    }
  }

  /** The attachment is a version policy, or, since 5.2, a configuration that names one. */
  private static boolean speaksH2(@Nullable Object attachment) {
    return String.valueOf(attachment).contains("FORCE_HTTP_2");
  }

  private static void start(
      TransportSecurityLayer session, NamedEndpoint peer, String protocol, @Nullable Timeout limit)
      throws SSLException {
    ClientTls tls = Mesh.transport().client(peer.getHostName());
    if (tls == null) {
      throw new SSLHandshakeException("no certificate any more to reach " + peer + " with");
    }
    session.startTls(
        tls.context(),
        peer,
        SSLBufferMode.STATIC,
        (endpoint, engine) -> initialize(engine, tls, protocol),
        (endpoint, engine) -> {
          tls.verify(engine.getSession());
          return null;
        },
        limit);
  }

  private static void initialize(SSLEngine engine, ClientTls tls, String protocol) {
    SSLParameters parameters = engine.getSSLParameters();
    tls.setServerName(parameters);
    if (protocol.equals("h2")) {
      // Java 9, and 8u252: the library calls it in the same way.
      ReflectionUtils.callSetter(
          parameters, "ApplicationProtocols", String[].class, new String[] {protocol});
    }
    engine.setSSLParameters(parameters);
  }

  /** The address that a host of the mesh carries; others are looked up as ever. */
  static Resolver<HttpHost, InetSocketAddress> resolving(
      @Nullable Resolver<HttpHost, InetSocketAddress> own) {
    return host -> {
      if (host.getAddress() != null && Endpoint.isSynthetic(host.getHostName())) {
        return new InetSocketAddress(host.getAddress(), host.getPort());
      }
      return own == null ? null : own.resolve(host);
    };
  }
}
