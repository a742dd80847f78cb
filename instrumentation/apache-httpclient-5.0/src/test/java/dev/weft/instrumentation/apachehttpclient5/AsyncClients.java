package dev.weft.instrumentation.apachehttpclient5;

import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.client5.http.impl.async.HttpAsyncClientBuilder;
import org.apache.hc.client5.http.impl.nio.PoolingAsyncClientConnectionManagerBuilder;

/** The asynchronous clients under test. */
final class AsyncClients {

  private AsyncClients() {}

  static CloseableHttpAsyncClient http11() {
    return HttpAsyncClientBuilder.create()
        .setConnectionManager(
            PoolingAsyncClientConnectionManagerBuilder.create()
                .setMaxConnPerRoute(10)
                .setMaxConnTotal(20)
                .build())
        .setDefaultRequestConfig(
            RequestConfig.custom().setResponseTimeout(10, TimeUnit.SECONDS).build())
        .disableAutomaticRetries()
        .build();
  }
}
