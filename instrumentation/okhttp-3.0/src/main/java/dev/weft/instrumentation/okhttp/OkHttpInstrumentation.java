package dev.weft.instrumentation.okhttp;

import static net.bytebuddy.matcher.ElementMatchers.isConstructor;
import static net.bytebuddy.matcher.ElementMatchers.named;
import static net.bytebuddy.matcher.ElementMatchers.returns;
import static net.bytebuddy.matcher.ElementMatchers.takesArgument;
import static net.bytebuddy.matcher.ElementMatchers.takesArguments;

import dev.weft.instrumentation.Adapter;
import dev.weft.instrumentation.Hooks;

/**
 * Puts {@link MeshInterceptor} into every client, and its attempts into the two places where the
 * library turns a URL into a connection and a response into another request.
 */
public final class OkHttpInstrumentation implements Adapter {

  private static final String HERE = "dev.weft.instrumentation.okhttp.";
  private static final String INTERNAL = "okhttp3.internal.";

  /** Where each line of versions makes the address that it connects to. */
  private static final String[] ADDRESS_FACTORIES = {
    INTERNAL + "http.HttpEngine", // 3.0-3.3
    INTERNAL + "http.RetryAndFollowUpInterceptor", // 3.4-3.13
    INTERNAL + "connection.Transmitter", // 3.14
    INTERNAL + "connection.RealCall", // 4
    "okhttp3.OkHttpClient", // 5.0-5.3
    INTERNAL + "http.RealInterceptorChain", // 5.4 and later
  };

  @Override
  public String name() {
    return "okhttp-3.0";
  }

  @Override
  public void install(Hooks hooks) {
    hooks
        .type("okhttp3.OkHttpClient")
        .advise(
            isConstructor()
                .and(takesArguments(1))
                .and(takesArgument(0, named("okhttp3.OkHttpClient$Builder"))),
            HERE + "ClientAdvice");
    for (String factory : ADDRESS_FACTORIES) {
      hooks
          .type(factory)
          .advise(
              named("createAddress").or(named("address")).and(returns(named("okhttp3.Address"))),
              HERE + "AddressAdvice");
    }
    for (String follower : new String[] {ADDRESS_FACTORIES[0], ADDRESS_FACTORIES[1]}) {
      hooks.type(follower).advise(named("followUpRequest"), HERE + "FollowUpAdvice");
    }
  }
}
