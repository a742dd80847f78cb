package dev.weft.instrumentation.javahttpclient;

import dev.weft.instrumentation.WeakIdentityMap;
import dev.weft.transport.Endpoint;
import java.net.http.HttpRequest;
import org.jspecify.annotations.Nullable;

/**
 * Where one attempt goes, found by the client's own copies of its request. By identity: those
 * inherit an equality by value, and would be taken for each other.
 */
final class Binding {

  private static final WeakIdentityMap<Binding> BOUND = new WeakIdentityMap<>();
  private static final Binding LEFT_ALONE = new Binding(null);
  private static final Binding NEXT_HOP = new Binding(null);

  private final @Nullable Endpoint endpoint;
  private volatile @Nullable HttpRequest redirect;

  /**
   * @param endpoint null for a request that passes through
   */
  Binding(@Nullable Endpoint endpoint) {
    this.endpoint = endpoint;
  }

  static Binding of(AttemptRequest request) {
    return request.binding();
  }

  static @Nullable Binding of(Object copy) {
    return BOUND.get(copy);
  }

  static @Nullable Endpoint endpointOf(Object copy) {
    Binding binding = BOUND.get(copy);
    return binding == null ? null : binding.endpoint;
  }

  static void leaveAlone(Object request) {
    BOUND.put(request, LEFT_ALONE);
  }

  /** Whether the driver will send this request. */
  static boolean isNextHop(Object request) {
    return BOUND.get(request) == NEXT_HOP;
  }

  void bind(Object copy) {
    BOUND.put(copy, this);
  }

  void redirectTo(HttpRequest next) {
    if (endpoint != null) {
      redirect = next;
      NEXT_HOP.bind(next);
    }
  }

  /** The request of the next hop, made by the client; null when there is none. */
  @Nullable HttpRequest redirect() {
    return redirect;
  }
}
