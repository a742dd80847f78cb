package dev.weft.instrumentation.apachehttpclient5;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.apache.hc.client5.http.async.AsyncExecCallback;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.nio.AsyncDataConsumer;
import org.jspecify.annotations.Nullable;

/** Looks on while a request passes through, and sees how it ends. */
final class AsyncPassing implements AsyncExecCallback {

  private final AsyncExecCallback caller;
  private final CompletableFuture<HttpResponse> over = new CompletableFuture<>();
  private volatile @Nullable HttpResponse response;

  AsyncPassing(AsyncExecCallback caller) {
    this.caller = caller;
  }

  /** Fails with what the caller is then to be told. */
  CompletableFuture<HttpResponse> over() {
    return over;
  }

  @Override
  public @Nullable AsyncDataConsumer handleResponse(HttpResponse arrived, EntityDetails details)
      throws HttpException, IOException {
    response = arrived;
    return caller.handleResponse(arrived, details);
  }

  @Override
  public void handleInformationResponse(HttpResponse information)
      throws HttpException, IOException {
    caller.handleInformationResponse(information);
  }

  @Override
  public void completed() {
    over.complete(response);
    caller.completed();
  }

  @Override
  public void failed(Exception cause) {
    over.completeExceptionally(cause);
  }
}
