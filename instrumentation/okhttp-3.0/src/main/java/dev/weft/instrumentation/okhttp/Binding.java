package dev.weft.instrumentation.okhttp;

import dev.weft.outbound.Attempt;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.Proxy;
import java.net.Socket;
import java.net.UnknownHostException;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import okhttp3.Address;
import okhttp3.Call;
import okhttp3.Connection;
import okhttp3.Dns;
import okhttp3.HttpUrl;
import okhttp3.Interceptor;
import okhttp3.Protocol;
import okhttp3.Request;
import org.jspecify.annotations.Nullable;

/**
 * Ties what the library does on the way down to the attempt that it does it for: the address it
 * connects to, the sockets it opens or takes from its pool, the redirect it wants to follow.
 * Entered and left on the thread that runs the interceptors; {@link #abort} comes from another.
 */
final class Binding {

  // See RATIONALE.md: in no version do all three places know the same object of the call.
  private static final ThreadLocal<@Nullable Binding> CURRENT = new ThreadLocal<>();

  private final Interceptor.Chain chain;
  private final HttpUrl url;
  private final @Nullable Dns dns;
  private final @Nullable EndpointSockets sockets;
  private final Queue<Socket> open = new ConcurrentLinkedQueue<>();
  private volatile boolean connected;
  private volatile boolean shared;
  private volatile boolean aborted;
  private @Nullable Request followUp;

  private Binding(
      Interceptor.Chain chain, HttpUrl url, @Nullable Dns dns, @Nullable Attempt attempt) {
    this.chain = chain;
    this.url = url;
    this.dns = dns;
    this.sockets = attempt == null ? null : new EndpointSockets(this, attempt);
  }

  /**
   * @param url as it is sent
   */
  static Binding to(Attempt attempt, Interceptor.Chain chain, HttpUrl url) {
    return new Binding(chain, url, new EndpointDns(attempt.endpoint()), attempt);
  }

  /** For a request that goes where the application sends it. */
  static Binding direct(Interceptor.Chain chain, HttpUrl url) {
    return new Binding(chain, url, null, null);
  }

  /** For a request that must go nowhere. */
  static Binding nowhere(Interceptor.Chain chain, HttpUrl url) {
    Dns nothing =
        name -> {
          throw new UnknownHostException(name);
        };
    return new Binding(chain, url, nothing, null);
  }

  static @Nullable Binding current() {
    return CURRENT.get();
  }

  /**
   * Returns what to give to {@link #leave}: a call within a call leaves the outer one as it was.
   */
  static @Nullable Binding enter(Binding binding) {
    Binding outer = CURRENT.get();
    CURRENT.set(binding);
    return outer;
  }

  static void leave(@Nullable Binding outer) {
    if (outer == null) {
      CURRENT.remove();
    } else {
      CURRENT.set(outer);
    }
  }

  /**
   * The address of the endpoint: same URL, since the library insists, but other sockets and a
   * resolver that tells pools of connections apart. Null when the request is not redirected.
   */
  @Nullable Address redirect(Address address) {
    if (dns == null) {
      return null;
    }
    return new Address(
        address.url().host(),
        address.url().port(),
        dns,
        sockets == null ? address.socketFactory() : sockets,
        address.sslSocketFactory(),
        address.hostnameVerifier(),
        address.certificatePinner(),
        address.proxyAuthenticator(),
        Proxy.NO_PROXY,
        address.protocols(),
        address.connectionSpecs(),
        address.proxySelector());
  }

  /** Keeps the request of a redirect; one that repeats the URL is the library's own business. */
  boolean takes(Request request) {
    if (request.url().equals(url)) {
      return false;
    }
    followUp = request;
    return true;
  }

  @Nullable Request followUp() {
    return followUp;
  }

  void opens(Socket socket) throws IOException {
    open.add(socket);
    failIfAborted();
  }

  /**
   * @throws WrongConnectionException when the library took a connection to elsewhere; nothing was
   *     sent on it
   */
  void connected(Connection connection) throws IOException {
    if (!Objects.equals(EndpointDns.of(connection), dns)) {
      throw new WrongConnectionException();
    }
    connected = true;
    Protocol protocol = connection.protocol();
    // Closing a TLS socket may block, and closing that of HTTP/2 ends other calls.
    shared = connection.handshake() != null || !protocol.toString().startsWith("http/1");
    open.clear();
    open.add(connection.socket());
    failIfAborted();
  }

  boolean isConnected() {
    return connected;
  }

  private void failIfAborted() throws InterruptedIOException {
    if (aborted) {
      // Of all I/O failures one that the library does not try to recover from.
      throw new InterruptedIOException("the mesh's deadline passed");
    }
  }

  void abort() {
    aborted = true;
    Call call = shared ? NewerMembers.call(chain) : null;
    if (call != null) {
      call.cancel();
      return;
    }
    for (Socket socket : open) {
      try {
        socket.close();
      } catch (IOException e) {
        // It is as closed as it can be.
      }
    }
  }

  /** The library was about to send on a connection that it had kept from before. */
  static final class WrongConnectionException extends InterruptedIOException {
    private static final long serialVersionUID = 1;

    WrongConnectionException() {
      super("the library kept a connection that leads elsewhere");
    }
  }
}
