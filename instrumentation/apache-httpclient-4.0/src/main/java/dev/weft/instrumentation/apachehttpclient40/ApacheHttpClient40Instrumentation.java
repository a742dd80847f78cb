package dev.weft.instrumentation.apachehttpclient40;

import static net.bytebuddy.matcher.ElementMatchers.isConstructor;
import static net.bytebuddy.matcher.ElementMatchers.named;
import static net.bytebuddy.matcher.ElementMatchers.takesArgument;
import static net.bytebuddy.matcher.ElementMatchers.takesArguments;

import dev.weft.instrumentation.Adapter;
import dev.weft.instrumentation.Hooks;

/** Gives the director of each request an executor and connections of ours. */
public final class ApacheHttpClient40Instrumentation implements Adapter {

  private static final String HERE = "dev.weft.instrumentation.apachehttpclient40.";
  private static final String IMPL = "org.apache.http.impl.";
  private static final String EXECUTOR = "org.apache.http.protocol.HttpRequestExecutor";

  @Override
  public String name() {
    return "apache-httpclient-4.0";
  }

  @Override
  public void install(Hooks hooks) {
    hooks
        .type(IMPL + "client.DefaultRequestDirector")
        .advise(isConstructor().and(takesArgument(0, named(EXECUTOR))), HERE + "DirectorAdvice")
        // Since 4.1, a log comes first.
        .advise(isConstructor().and(takesArgument(1, named(EXECUTOR))), HERE + "LogDirectorAdvice");
    // Since 4.1.
    hooks
        .type(IMPL + "conn.DefaultClientConnectionOperator")
        .advise(
            named("resolveHostname")
                .and(takesArguments(1))
                .and(takesArgument(0, named("java.lang.String"))),
            HERE + "ResolveAdvice");
    // Since 4.1, around socket factories made for 4.0.
    hooks
        .type("org.apache.http.conn.scheme.SchemeSocketFactoryAdaptor")
        .advise(
            named("connectSocket")
                .and(takesArguments(4))
                .and(takesArgument(1, named("java.net.InetSocketAddress"))),
            HERE + "AdaptorAdvice");
    // What opens connections in 4.0.
    hooks
        .type("org.apache.http.conn.scheme.PlainSocketFactory")
        .advise(
            named("connectSocket")
                .and(takesArguments(6))
                .and(takesArgument(1, named("java.lang.String"))),
            HERE + "ConnectAdvice");
    hooks
        .type(IMPL + "client.DefaultHttpRequestRetryHandler")
        .advise(named("retryRequest").and(takesArguments(3)), HERE + "RetryAdvice");
  }
}
