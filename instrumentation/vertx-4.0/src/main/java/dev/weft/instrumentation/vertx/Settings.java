package dev.weft.instrumentation.vertx;

import dev.weft.instrumentation.WeakIdentityMap;
import io.vertx.core.http.HttpClientOptions;
import org.jspecify.annotations.Nullable;

/** What a client that has sent something through the mesh is set to. */
final class Settings {

  private static final WeakIdentityMap<HttpClientOptions> KNOWN = new WeakIdentityMap<>();

  private Settings() {}

  static void remember(Object client, HttpClientOptions options) {
    if (KNOWN.get(client) == null) {
      KNOWN.put(client, options);
    }
  }

  /** Whether the client would try to upgrade a plaintext connection to HTTP/2. */
  static boolean upgrades(@Nullable Object client) {
    HttpClientOptions options = client == null ? null : KNOWN.get(client);
    return options != null && options.isHttp2ClearTextUpgrade();
  }
}
