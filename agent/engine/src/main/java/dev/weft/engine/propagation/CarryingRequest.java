package dev.weft.engine.propagation;

import dev.weft.outbound.HeaderMutations;
import dev.weft.outbound.OutboundRequest;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A request with the headers that travel to it: routes see them as if they had been written. */
public final class CarryingRequest extends OutboundRequest {

  private final OutboundRequest request;
  private final List<String> added;

  CarryingRequest(OutboundRequest request, List<String> added) {
    this.request = request;
    this.added = added;
  }

  /**
   * The changes of an attempt with the headers that travel, which the changes of its route
   * overrule.
   *
   * @param removed which headers the route removes
   */
  public HeaderMutations with(HeaderMutations ofRoute, Predicate<String> removed) {
    HeaderMutations.Builder all = HeaderMutations.builder();
    for (int i = 0; i < added.size(); i += 2) {
      if (!removed.test(added.get(i))) {
        all.set(added.get(i), added.get(i + 1));
      }
    }
    return all.addAll(ofRoute).build();
  }

  @Override
  public String method() {
    return request.method();
  }

  @Override
  public String scheme() {
    return request.scheme();
  }

  @Override
  public String authority() {
    return request.authority();
  }

  @Override
  public int port() {
    return request.port();
  }

  @Override
  public String path() {
    return request.path();
  }

  @Override
  public @Nullable String header(String name) {
    String own = request.header(name);
    for (int i = 0; own == null && i < added.size(); i += 2) {
      if (added.get(i).equals(name)) {
        own = added.get(i + 1);
      }
    }
    return own;
  }

  @Override
  public boolean isReplayable() {
    return request.isReplayable();
  }
}
