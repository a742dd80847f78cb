package dev.weft.instrumentation.okhttp;

import static java.util.Objects.requireNonNull;

import dev.weft.testkit.ClientRequest;
import dev.weft.testkit.ClientResponse;
import dev.weft.testkit.TestClient;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.TimeUnit;
import okhttp3.Call;
import okhttp3.ConnectionPool;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/** Sends the contract's requests with a client of the library. */
class OkHttpTestClient implements TestClient {

  private final OkHttpClient client =
      new OkHttpClient.Builder()
          .readTimeout(10, TimeUnit.SECONDS)
          .connectionPool(new ConnectionPool(20, 1, TimeUnit.MINUTES))
          .build();

  @Override
  public ClientResponse send(ClientRequest request) throws IOException {
    Request.Builder own = new Request.Builder().url(request.uri().toString());
    request.headers().forEach(header -> own.addHeader(header.getKey(), header.getValue()));
    RequestBody body = null;
    if (request.oneShot()) {
      body = new OneShotBody(request.bytes());
    } else if (request.body() != null) {
      body = RequestBody.create(null, request.bytes());
    }
    own.method(request.method(), body);
    return new Answer(execute(client.newCall(own.build())));
  }

  /** Sends on the calling thread. */
  Response execute(Call call) throws IOException {
    return call.execute();
  }

  @Override
  public void close() {
    client.dispatcher().executorService().shutdown();
    client.connectionPool().evictAll();
  }

  private record Answer(Response response) implements ClientResponse {
    @Override
    public int status() {
      return response.code();
    }

    @Override
    public @Nullable String header(String name) {
      return response.header(name);
    }

    @Override
    public InputStream body() {
      return requireNonNull(response.body()).byteStream();
    }

    @Override
    public void close() {
      requireNonNull(response.body()).close();
    }
  }
}
