package dev.weft.instrumentation.okhttp;

import dev.weft.outbound.BlockingDriver;
import java.io.IOException;
import java.net.ProtocolException;
import java.net.Proxy;
import java.util.List;
import okhttp3.HttpUrl;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * Sends each hop of a request through the mesh. One per client, the last of its application
 * interceptors.
 */
final class MeshInterceptor implements Interceptor {

  /** As many as the library itself follows. */
  private static final int MAX_FOLLOW_UPS = 20;

  private static final Interceptor WIRE = new WireInterceptor();

  private volatile @Nullable OkHttpClient client;

  static void addTo(OkHttpClient.Builder builder) {
    // A builder made from another client has what that one got.
    builder.interceptors().removeIf(interceptor -> interceptor instanceof MeshInterceptor);
    builder.networkInterceptors().removeIf(interceptor -> interceptor == WIRE);
    builder.interceptors().add(new MeshInterceptor());
    builder.networkInterceptors().add(WIRE);
  }

  static void tellOf(OkHttpClient client) {
    for (Interceptor interceptor : client.interceptors()) {
      if (interceptor instanceof MeshInterceptor) {
        ((MeshInterceptor) interceptor).client = client;
      }
    }
  }

  @Override
  public Response intercept(Chain chain) throws IOException {
    Request request = chain.request();
    Response before = null;
    for (int followUps = 0; ; followUps++) {
      if (isProxied(request.url())) {
        return chain.proceed(request);
      }
      OkHttpExchange exchange = new OkHttpExchange(chain, request, followUps > 0);
      Response response = run(new RequestView(request), exchange);
      if (before != null && response.priorResponse() == null) {
        response = response.newBuilder().priorResponse(before).build();
      }
      Request next = exchange.followUp();
      if (next == null) {
        return response;
      }
      response.body().close();
      if (followUps == MAX_FOLLOW_UPS) {
        throw new ProtocolException("Too many follow-up requests: " + (followUps + 1));
      }
      before = bodiless(response, before);
      request = next;
    }
  }

  private static Response run(RequestView view, OkHttpExchange exchange) throws IOException {
    try {
      return BlockingDriver.run(view, exchange);
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      // An interceptor throws nothing else; without this line it could not be said in Java.
      throw new IllegalStateException(e);
    }
  }

  /** What the library keeps of a response as the prior one of another: its head. */
  private static @Nullable Response bodiless(Response response, @Nullable Response before) {
    Response head = response.networkResponse();
    return head == null || before == null ? head : head.newBuilder().priorResponse(before).build();
  }

  private boolean isProxied(HttpUrl url) {
    OkHttpClient known = client;
    if (known == null) {
      return false;
    }
    Proxy fixed = known.proxy();
    if (fixed != null) {
      return fixed.type() != Proxy.Type.DIRECT;
    }
    List<Proxy> proxies = known.proxySelector().select(url.uri());
    return proxies != null && !proxies.isEmpty() && proxies.get(0).type() != Proxy.Type.DIRECT;
  }

  /** Stands behind the library's connecting: tells an attempt its connection. */
  private static final class WireInterceptor implements Interceptor {
    @Override
    public Response intercept(Chain chain) throws IOException {
      Binding binding = Binding.current();
      if (binding != null) {
        binding.connected(chain.connection());
      }
      return chain.proceed(chain.request());
    }
  }
}
