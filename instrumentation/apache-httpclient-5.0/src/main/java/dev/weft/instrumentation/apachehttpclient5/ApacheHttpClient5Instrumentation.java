package dev.weft.instrumentation.apachehttpclient5;

import static net.bytebuddy.matcher.ElementMatchers.isConstructor;
import static net.bytebuddy.matcher.ElementMatchers.named;
import static net.bytebuddy.matcher.ElementMatchers.takesArguments;

import dev.weft.instrumentation.Adapter;
import dev.weft.instrumentation.Hooks;

/**
 * Puts {@link MeshHandler} into every classic client that the library builds, and {@link
 * AsyncMeshHandler} into every asynchronous one.
 */
public final class ApacheHttpClient5Instrumentation implements Adapter {

  private static final String HERE = "dev.weft.instrumentation.apachehttpclient5.";
  private static final String IMPL = "org.apache.hc.client5.http.impl.";

  @Override
  public String name() {
    return "apache-httpclient-5.0";
  }

  @Override
  public void install(Hooks hooks) {
    hooks
        .type(IMPL + "classic.HttpClientBuilder")
        .advise(named("customizeExecChain").and(takesArguments(1)), HERE + "ChainAdvice");
    // Overrides customizeExecChain without calling it.
    hooks
        .type(IMPL + "cache.CachingHttpClientBuilder")
        .advise(named("customizeExecChain").and(takesArguments(1)), HERE + "ChainAdvice");
    hooks
        .type(IMPL + "classic.MinimalHttpClient")
        .advise(named("doExecute").and(takesArguments(3)), HERE + "MinimalAdvice");
    for (String builder :
        new String[] {
          "async.HttpAsyncClientBuilder",
          "async.H2AsyncClientBuilder",
          "cache.CachingHttpAsyncClientBuilder",
          "cache.CachingH2AsyncClientBuilder"
        }) {
      hooks
          .type(IMPL + builder)
          .advise(named("customizeExecChain").and(takesArguments(1)), HERE + "AsyncChainAdvice");
    }
    hooks
        .type(IMPL + "nio.DefaultAsyncClientConnectionOperator")
        .advise(isConstructor().and(takesArguments(3)), HERE + "OperatorAdvice");
    // The pool of HTTP/2 clients before 5.2, and since.
    hooks
        .type("org.apache.hc.core5.http2.nio.pool.H2ConnPool")
        .advise(isConstructor().and(takesArguments(3)), HERE + "H2PoolAdvice");
    hooks
        .type(IMPL + "async.InternalH2ConnPool")
        .advise(isConstructor().and(takesArguments(3)), HERE + "H2PoolAdvice");
    hooks
        .type(IMPL + "DefaultHttpRequestRetryStrategy")
        .advise(named("retryRequest"), HERE + "RetryAdvice");
  }
}
