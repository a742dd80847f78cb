package dev.weft.instrumentation.asynchttpclient;

import dev.weft.outbound.Attempt;
import dev.weft.transport.Endpoint;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.resolver.InetNameResolver;
import io.netty.resolver.NameResolver;
import io.netty.util.concurrent.ImmediateEventExecutor;
import io.netty.util.concurrent.Promise;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.asynchttpclient.AsyncHttpClientConfig;
import org.asynchttpclient.Request;
import org.asynchttpclient.channel.ChannelPoolPartitioning;
import org.asynchttpclient.uri.Uri;
import org.jspecify.annotations.Nullable;

/**
 * A request of the application with a few answers changed. A proxy, because the interface grew with
 * the versions, and because the client's builder would encode the URL once more.
 */
final class ChangedRequest implements InvocationHandler {

  private final Request request;
  private final Map<String, @Nullable Object> changes = new HashMap<>();

  private ChangedRequest(Request request) {
    this.request = request;
  }

  /** {@code request} as {@code attempt} says; redirects are not followed. */
  static Request of(Request request, Attempt attempt) {
    ChangedRequest changed = new ChangedRequest(request);
    Endpoint endpoint = attempt.endpoint();
    HttpHeaders headers = copy(request.getHeaders());
    attempt.requestHeaders().apply(headers::remove, headers::set, headers::add);
    if (attempt.authority() != null) {
      headers.set(HttpHeaderNames.HOST, attempt.authority());
    }
    if (attempt.path() != null) {
      changed.setUri(Uri.create(request.getUri(), attempt.path()));
    }
    ChannelPoolPartitioning place = (uri, host, proxy) -> endpoint;
    NameResolver<InetAddress> resolver = new Resolved(endpoint);
    changed.set("getHeaders", headers);
    changed.set("getFollowRedirect", false);
    changed.set("getChannelPoolPartitioning", place);
    changed.set("getNameResolver", resolver);
    changed.set("getAddress", null);
    return changed.proxy();
  }

  /** The request to which a response with {@code status} redirects, as the client makes it. */
  static Request redirected(
      Request request, AsyncHttpClientConfig config, int status, String location) {
    ChangedRequest changed = new ChangedRequest(request);
    String method = request.getMethod();
    boolean safe = method.equals("GET") || method.equals("HEAD") || method.equals("OPTIONS");
    boolean strict = status == 302 && config.isStrict302Handling();
    boolean keepsBody = status == 307 || status == 308 || strict;
    HttpHeaders headers = copy(request.getHeaders()).remove("host").remove("content-length");
    if (!safe && !keepsBody) {
      changed.set("getMethod", "GET");
    }
    if (!keepsBody) {
      headers.remove("content-type");
      changed.dropBody();
    }
    Uri uri = Uri.create(request.getUri(), location);
    changed.setUri(uri);
    changed.set("getHeaders", headers);
    changed.set("getAddress", null);
    if (!base(request.getUri()).equals(base(uri))) {
      changed.set("getVirtualHost", null);
    }
    List<Object> cookies = new ArrayList<>();
    if (config.getCookieStore() != null) {
      cookies.addAll(config.getCookieStore().get(uri));
    }
    changed.set("getCookies", cookies);
    return changed.proxy();
  }

  private static String base(Uri uri) {
    return uri.getScheme() + "://" + uri.getHost() + ":" + uri.getExplicitPort();
  }

  private void dropBody() {
    for (String none :
        new String[] {
          "getByteData",
          "getCompositeByteData",
          "getStringData",
          "getByteBufferData",
          "getByteBufData",
          "getStreamData",
          "getBodyGenerator",
          "getFile"
        }) {
      set(none, null);
    }
    set("getFormParams", Collections.emptyList());
    set("getBodyParts", Collections.emptyList());
  }

  private void setUri(Uri uri) {
    set("getUri", uri);
    set("getUrl", uri.toUrl());
  }

  private void set(String method, @Nullable Object value) {
    changes.put(method, value);
  }

  private static HttpHeaders copy(HttpHeaders headers) {
    return new DefaultHttpHeaders(false).add(headers);
  }

  private Request proxy() {
    return (Request)
        Proxy.newProxyInstance(
            Request.class.getClassLoader(), new Class<?>[] {Request.class}, this);
  }

  @Override
  public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments)
      throws Throwable {
    if (changes.containsKey(method.getName())) {
      return changes.get(method.getName());
    }
    try {
      return method.invoke(request, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause() == null ? e : e.getCause();
    }
  }

  /** Whatever is asked for is at the endpoint. */
  private static final class Resolved extends InetNameResolver {
    private final Endpoint endpoint;

    Resolved(Endpoint endpoint) {
      super(ImmediateEventExecutor.INSTANCE);
      this.endpoint = endpoint;
    }

    @Override
    protected void doResolve(String name, Promise<InetAddress> promise) {
      promise.setSuccess(endpoint.address());
    }

    @Override
    protected void doResolveAll(String name, Promise<List<InetAddress>> promise) {
      promise.setSuccess(Collections.singletonList(endpoint.address()));
    }
  }
}
