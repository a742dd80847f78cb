package frameworks;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import okhttp3.MediaType;
import okhttp3.RequestBody;
import okhttp3.ResponseBody;
import retrofit2.Response;
import retrofit2.Retrofit;
import retrofit2.http.Body;
import retrofit2.http.GET;
import retrofit2.http.Header;
import retrofit2.http.POST;
import retrofit2.http.Path;
import retrofit2.http.QueryMap;

/** Retrofit, which sends with OkHttp. */
final class RetrofitCaller implements Caller {

  private final Map<String, Backend> backends = new ConcurrentHashMap<>();

  @Override
  public String send(Call call) throws IOException {
    Backend backend =
        backends.computeIfAbsent(
            call.base(),
            base -> new Retrofit.Builder().baseUrl(base).build().create(Backend.class));
    retrofit2.Call<ResponseBody> request =
        call.body() == null
            ? backend.get(call.name(), call.query(), call.user())
            : backend.post(
                call.name(),
                call.user(),
                RequestBody.create(call.body(), MediaType.get("text/plain")));
    Response<ResponseBody> response = request.execute();
    try (ResponseBody body = response.isSuccessful() ? response.body() : response.errorBody()) {
      return response.code() + " " + body.string();
    }
  }

  /** The service as an interface. */
  interface Backend {

    @GET("/{name}")
    retrofit2.Call<ResponseBody> get(
        @Path("name") String name,
        @QueryMap Map<String, String> query,
        @Header("x-user") String user);

    @POST("/{name}")
    retrofit2.Call<ResponseBody> post(
        @Path("name") String name, @Header("x-user") String user, @Body RequestBody body);
  }
}
