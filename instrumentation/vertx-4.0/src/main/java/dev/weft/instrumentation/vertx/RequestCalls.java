package dev.weft.instrumentation.vertx;

import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.StreamPriority;
import io.vertx.core.streams.ReadStream;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The application's view of a {@link MeshRequest}: a proxy, for Vert.x 4 and 5 disagree about what
 * the methods of a request return, and no one class can implement both.
 */
final class RequestCalls implements InvocationHandler {

  private static final Object[] NONE = {};

  private final MeshRequest request;
  private final HttpClientRequest shown;

  RequestCalls(MeshRequest request) {
    this.request = request;
    this.shown =
        (HttpClientRequest)
            Proxy.newProxyInstance(
                HttpClientRequest.class.getClassLoader(),
                new Class<?>[] {HttpClientRequest.class},
                this);
  }

  HttpClientRequest shown() {
    return shown;
  }

  @Override
  public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] given) {
    @Nullable Object[] arguments = given == null ? NONE : given;
    switch (method.getName()) {
      case "equals":
        return proxy == arguments[0];
      case "hashCode":
        return System.identityHashCode(proxy);
      case "toString":
        return request.head().method + " " + request.head().uri;
      case "write":
      case "end":
      case "sendHead":
        return written(method, arguments);
      case "send":
        return answered(arguments, send(method, arguments));
      case "connect":
        return answered(arguments, request.sendBy(own -> connect(own), true));
      case "response":
        return answered(arguments, request.response());
      case "reset":
        return reset(arguments);
      default:
        return body(method, arguments);
    }
  }

  private @Nullable Object body(Method method, @Nullable Object[] arguments) {
    switch (method.getName()) {
      case "exceptionHandler":
        request.onException(RequestCalls.<Throwable>handler(arguments[0]));
        return shown;
      case "drainHandler":
        request.body().onDrain(RequestCalls.<Void>handler(arguments[0]));
        return shown;
      case "writeQueueFull":
        return request.body().isFull();
      case "redirectHandler":
        @SuppressWarnings("unchecked") // As the library's method declares it.
        Function<HttpClientResponse, Future<HttpClientRequest>> redirects =
            (Function<HttpClientResponse, Future<HttpClientRequest>>) arguments[0];
        request.onRedirect(redirects);
        return shown;
      default:
        return head(method, arguments);
    }
  }

  private @Nullable Object head(Method method, @Nullable Object[] arguments) {
    Head head = request.head();
    switch (method.getName()) {
      case "headers":
        return head.headers;
      case "putHeader":
        putHeader(head, arguments);
        return shown;
      case "getMethod":
        return head.method;
      case "setMethod":
        head.method = (HttpMethod) arguments[0];
        return shown;
      case "getURI":
        return head.uri;
      case "setURI":
        head.uri = (String) arguments[0];
        return shown;
      case "path":
        return head.path();
      case "query":
        return head.query();
      case "absoluteURI":
        return "http://" + head.authority() + head.uri;
      default:
        return routing(method, head, arguments);
    }
  }

  private @Nullable Object routing(Method method, Head head, @Nullable Object[] arguments) {
    switch (method.getName()) {
      case "getHost":
        return head.host;
      case "setHost":
        head.host = (String) arguments[0];
        return shown;
      case "getPort":
        return head.port;
      case "setPort":
        head.port = (Integer) arguments[0];
        return shown;
      case "authority":
        Class<?> type = method.getParameterTypes()[0];
        head.host = (String) Members.get(type, arguments[0], "host");
        head.port = (Integer) Members.get(type, arguments[0], "port");
        return shown;
      case "isChunked":
        return head.chunked;
      case "setChunked":
        head.chunked = (Boolean) arguments[0];
        return shown;
      case "isFollowRedirects":
        return head.follows;
      case "setFollowRedirects":
        head.follows = (Boolean) arguments[0];
        return shown;
      case "getMaxRedirects":
        return head.redirects;
      case "setMaxRedirects":
        head.redirects = (Integer) arguments[0];
        head.follows |= !Members.FOLLOWS_APART && head.redirects > 0;
        return shown;
      default:
        return other(method, head, arguments);
    }
  }

  /** What the library's own request answers: at once if there is one, else when there is one. */
  private @Nullable Object other(Method method, Head head, @Nullable Object[] arguments) {
    HttpClientRequest own = request.own();
    Class<?> returned = method.getReturnType();
    if (own != null) {
      Object answer = Members.call(method, own, arguments);
      return returned == HttpClientRequest.class ? shown : answer;
    }
    switch (method.getName()) {
      case "version":
        return request.settings().getProtocolVersion();
      case "streamId":
        return -1;
      case "numberOfRedirections":
        return 0;
      case "getStreamPriority":
        return new StreamPriority();
      default:
        if (arguments.length == 0) {
          return null;
        }
        head.later(method, arguments);
        return returned == HttpClientRequest.class
            ? shown
            : returned == Future.class ? Future.succeededFuture() : null;
    }
  }

  @SuppressWarnings("unchecked") // One of the four pairs of types of the library's methods.
  private static void putHeader(Head head, @Nullable Object[] arguments) {
    CharSequence name = (CharSequence) arguments[0];
    if (arguments[1] instanceof Iterable) {
      head.headers.set(name, (Iterable<CharSequence>) arguments[1]);
    } else {
      head.headers.set(name, (CharSequence) arguments[1]);
    }
  }

  private @Nullable Object written(Method method, @Nullable Object[] arguments) {
    boolean last = method.getName().equals("end");
    Object data = arguments.length == 0 ? null : arguments[0];
    Buffer buffer = null;
    if (data instanceof Buffer) {
      buffer = (Buffer) data;
    } else if (data instanceof String) {
      Object charset = arguments.length > 1 ? arguments[1] : null;
      buffer =
          charset instanceof String
              ? Buffer.buffer((String) data, (String) charset)
              : Buffer.buffer((String) data);
    }
    Future<Void> written = request.write(buffer, last);
    return told(method, arguments, written);
  }

  private Future<HttpClientResponse> send(Method method, @Nullable Object[] arguments) {
    Object data = arguments.length == 0 ? null : arguments[0];
    if (data == null || data instanceof Handler) {
      request.write(null, true);
    } else if (data instanceof Buffer) {
      request.write((Buffer) data, true);
    } else if (data instanceof String) {
      request.write(Buffer.buffer((String) data), true);
    } else if (data instanceof ReadStream) {
      if (!request.head().headers.contains(HttpHeaders.CONTENT_LENGTH)) {
        request.head().chunked = true;
      }
      @SuppressWarnings("unchecked") // As the library's method declares it.
      ReadStream<Buffer> stream = (ReadStream<Buffer>) data;
      stream.pipeTo(shown);
    } else {
      // A form: the library knows how to write it.
      return request.sendBy(own -> Members.call(method, own, data), false);
    }
    return request.response();
  }

  private static void connect(HttpClientRequest own) {
    own.connect();
  }

  private @Nullable Object reset(@Nullable Object[] arguments) {
    long code = arguments.length > 0 ? (Long) arguments[0] : 0L;
    Throwable cause = arguments.length > 1 ? (Throwable) arguments[1] : null;
    boolean done = request.reset(code, cause);
    return Members.resetsLater() ? Future.succeededFuture() : (Object) done;
  }

  private @Nullable Object answered(
      @Nullable Object[] arguments, Future<HttpClientResponse> answer) {
    Handler<AsyncResult<HttpClientResponse>> handler = lastHandler(arguments);
    if (handler == null) {
      return answer;
    }
    answer.onComplete(handler);
    return shown;
  }

  private @Nullable Object told(Method method, @Nullable Object[] arguments, Future<Void> written) {
    Handler<AsyncResult<Void>> handler = lastHandler(arguments);
    if (handler == null) {
      return method.getReturnType() == Future.class ? written : shown;
    }
    written.onComplete(handler);
    return shown;
  }

  @SuppressWarnings("unchecked") // As the library's methods declare it.
  private static <T> @Nullable Handler<AsyncResult<T>> lastHandler(@Nullable Object[] arguments) {
    Object last = arguments.length == 0 ? null : arguments[arguments.length - 1];
    return last instanceof Handler && !(last instanceof ReadStream)
        ? (Handler<AsyncResult<T>>) last
        : null;
  }

  @SuppressWarnings("unchecked") // As the library's methods declare it.
  private static <T> @Nullable Handler<T> handler(@Nullable Object argument) {
    return (Handler<T>) argument;
  }
}
