package dev.weft.testkit;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** A {@link TestClient} of a library that sends without blocking the caller. */
public interface AsyncTestClient extends TestClient {

  /**
   * Sends and returns at once. Cancelling the future gives the request up by the library's own
   * means.
   */
  CompletableFuture<ClientResponse> sendAsync(ClientRequest request);

  @Override
  default ClientResponse send(ClientRequest request) throws Exception {
    try {
      return sendAsync(request).get(15, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Exception cause) {
        throw cause;
      }
      throw e;
    }
  }
}
