package dev.weft.instrumentation.apachehttpclient4;

import static net.bytebuddy.matcher.ElementMatchers.isPublic;
import static net.bytebuddy.matcher.ElementMatchers.named;
import static net.bytebuddy.matcher.ElementMatchers.takesArguments;

import dev.weft.instrumentation.Adapter;
import dev.weft.instrumentation.Hooks;

/** Puts {@link MeshExec} into every client that the library builds. */
public final class ApacheHttpClient4Instrumentation implements Adapter {

  private static final String HERE = "dev.weft.instrumentation.apachehttpclient4.";
  private static final String CLIENT = "org.apache.http.impl.client.";

  @Override
  public String name() {
    return "apache-httpclient-4.3";
  }

  @Override
  public void install(Hooks hooks) {
    hooks
        .type(CLIENT + "HttpClientBuilder")
        .advise(named("decorateMainExec").and(takesArguments(1)), HERE + "DecorateAdvice");
    // Overrides decorateMainExec without calling it: the cache goes outside, we stay inside.
    hooks
        .type(CLIENT + "cache.CachingHttpClientBuilder")
        .advise(named("decorateMainExec").and(takesArguments(1)), HERE + "DecorateAdvice");
    hooks
        .type("org.apache.http.impl.execchain.MinimalClientExec")
        .advise(named("execute").and(takesArguments(4)).and(isPublic()), HERE + "MinimalAdvice");
    hooks
        .type(CLIENT + "DefaultHttpRequestRetryHandler")
        .advise(named("retryRequest").and(takesArguments(3)), HERE + "RetryAdvice");
  }
}
