package dev.weft.instrumentation.apachehttpasyncclient4;

import dev.weft.testkit.AsyncTestClient;
import dev.weft.testkit.ClientRequest;
import dev.weft.testkit.ClientResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.util.concurrent.CompletableFuture;
import org.apache.http.HttpEntity;
import org.apache.http.HttpHost;
import org.apache.http.HttpRequest;
import org.apache.http.client.config.RequestConfig;
import org.apache.http.client.methods.HttpUriRequest;
import org.apache.http.client.methods.RequestBuilder;
import org.apache.http.entity.ByteArrayEntity;
import org.apache.http.entity.InputStreamEntity;
import org.apache.http.impl.nio.client.CloseableHttpAsyncClient;
import org.apache.http.impl.nio.client.HttpAsyncClientBuilder;
import org.apache.http.message.BasicHttpEntityEnclosingRequest;
import org.apache.http.message.BasicHttpRequest;
import org.apache.http.nio.client.methods.HttpAsyncMethods;
import org.apache.http.nio.protocol.HttpAsyncRequestProducer;

/**
 * Sends the contract's requests with a client of the library.
 *
 * @param relative whether it is told host and path by themselves, in place of a URI
 */
record AsyncApacheClient(CloseableHttpAsyncClient client, boolean relative)
    implements AsyncTestClient {

  AsyncApacheClient {
    client.start();
  }

  static CloseableHttpAsyncClient pooled() {
    return HttpAsyncClientBuilder.create()
        .setMaxConnPerRoute(10)
        .setMaxConnTotal(20)
        .setDefaultRequestConfig(RequestConfig.custom().setSocketTimeout(10_000).build())
        .build();
  }

  @Override
  public CompletableFuture<ClientResponse> sendAsync(ClientRequest request) {
    byte[] body = request.bytes();
    HttpEntity entity =
        request.oneShot()
            ? new InputStreamEntity(new ByteArrayInputStream(body), -1)
            : new ByteArrayEntity(body);
    StreamedResponse response = new StreamedResponse();
    if (relative) {
      response.sent(client.execute(relative(request, entity), response, null), () -> {});
    } else {
      HttpUriRequest own = absolute(request, entity);
      // Before 4.1.3 cancelling the future did not end the exchange.
      response.sent(client.execute(HttpAsyncMethods.create(own), response, null), own::abort);
    }
    return response.head();
  }

  private static HttpUriRequest absolute(ClientRequest request, HttpEntity entity) {
    RequestBuilder own = RequestBuilder.create(request.method()).setUri(request.uri());
    request.headers().forEach(header -> own.addHeader(header.getKey(), header.getValue()));
    return (request.body() == null ? own : own.setEntity(entity)).build();
  }

  private static HttpAsyncRequestProducer relative(ClientRequest request, HttpEntity entity) {
    URI uri = request.uri();
    String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
    String target = uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery();
    HttpRequest own;
    if (request.body() == null) {
      own = new BasicHttpRequest(request.method(), target);
    } else {
      BasicHttpEntityEnclosingRequest enclosing =
          new BasicHttpEntityEnclosingRequest(request.method(), target);
      enclosing.setEntity(entity);
      own = enclosing;
    }
    request.headers().forEach(header -> own.addHeader(header.getKey(), header.getValue()));
    return HttpAsyncMethods.create(new HttpHost(uri.getHost(), uri.getPort()), own);
  }

  @Override
  public void close() throws IOException {
    client.close();
  }
}
