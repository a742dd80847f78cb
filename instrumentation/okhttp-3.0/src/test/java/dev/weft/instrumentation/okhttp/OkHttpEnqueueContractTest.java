package dev.weft.instrumentation.okhttp;

import dev.weft.testkit.InstalledAdapter;
import dev.weft.testkit.OutboundContract;
import dev.weft.testkit.TestClient;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.Response;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The same with calls that the library runs on its own threads. */
final class OkHttpEnqueueContractTest extends OutboundContract {

  @RegisterExtension
  static final InstalledAdapter ADAPTER = InstalledAdapter.of(new OkHttpInstrumentation());

  @Override
  protected TestClient newClient() {
    return new OkHttpTestClient() {
      @Override
      Response execute(Call call) throws IOException {
        CompletableFuture<Response> future = new CompletableFuture<>();
        call.enqueue(
            new Callback() {
              @Override
              public void onFailure(Call failed, IOException failure) {
                future.completeExceptionally(failure);
              }

              @Override
              public void onResponse(Call answered, Response response) {
                future.complete(response);
              }
            });
        try {
          return future.join();
        } catch (CompletionException e) {
          throw new IOException(e.getCause());
        }
      }
    };
  }
}
