package dev.weft.instrumentation.apachehttpclient5;

import dev.weft.testkit.AsyncTestClient;
import dev.weft.testkit.ClientRequest;
import dev.weft.testkit.ClientResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.message.BasicHttpRequest;
import org.apache.hc.core5.http.nio.AsyncEntityProducer;
import org.apache.hc.core5.http.nio.AsyncRequestProducer;
import org.apache.hc.core5.http.nio.DataStreamChannel;
import org.apache.hc.core5.http.nio.entity.BasicAsyncEntityProducer;
import org.apache.hc.core5.http.nio.support.BasicRequestProducer;
import org.apache.hc.core5.io.CloseMode;
import org.jspecify.annotations.Nullable;

/** Sends the contract's requests with an asynchronous client of the library. */
record AsyncApacheClient(CloseableHttpAsyncClient client) implements AsyncTestClient {

  AsyncApacheClient {
    client.start();
  }

  @Override
  public CompletableFuture<ClientResponse> sendAsync(ClientRequest request) {
    StreamedResponse response = new StreamedResponse();
    Future<Void> sent = client.execute(producer(request), response, null);
    response.sent(sent);
    return response.head();
  }

  private static AsyncRequestProducer producer(ClientRequest request) {
    BasicHttpRequest own = new BasicHttpRequest(request.method(), request.uri());
    request.headers().forEach(header -> own.addHeader(header.getKey(), header.getValue()));
    byte[] body = request.bytes();
    @Nullable AsyncEntityProducer entity =
        request.body() == null
            ? null
            : request.oneShot()
                ? new OneShot(body)
                : new BasicAsyncEntityProducer(body, ContentType.TEXT_PLAIN);
    return new BasicRequestProducer(own, entity);
  }

  @Override
  public void close() throws IOException {
    client.close(CloseMode.IMMEDIATE);
  }

  /** A body that exists once. */
  private static final class OneShot implements AsyncEntityProducer {
    private final ByteBuffer bytes;

    OneShot(byte[] body) {
      this.bytes = ByteBuffer.wrap(body);
    }

    @Override
    public boolean isRepeatable() {
      return false;
    }

    @Override
    public void failed(Exception cause) {}

    @Override
    public int available() {
      return bytes.remaining();
    }

    @Override
    public void produce(DataStreamChannel channel) throws IOException {
      channel.write(bytes);
      if (!bytes.hasRemaining()) {
        channel.endStream();
      }
    }

    @Override
    public void releaseResources() {}

    @Override
    public long getContentLength() {
      return -1;
    }

    @Override
    public String getContentType() {
      return ContentType.create("text/plain", StandardCharsets.UTF_8).toString();
    }

    @Override
    public @Nullable String getContentEncoding() {
      return null;
    }

    @Override
    public boolean isChunked() {
      return true;
    }

    @Override
    public Set<String> getTrailerNames() {
      return Set.of();
    }
  }
}
