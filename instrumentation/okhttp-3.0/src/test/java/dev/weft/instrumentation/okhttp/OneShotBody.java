package dev.weft.instrumentation.okhttp;

import java.io.IOException;
import okhttp3.MediaType;
import okhttp3.RequestBody;
import okio.BufferedSink;
import org.jspecify.annotations.Nullable;

/** A body that says of itself that it can be written once. */
public final class OneShotBody extends RequestBody {

  private final byte[] bytes;

  OneShotBody(byte[] bytes) {
    this.bytes = bytes;
  }

  @Override
  public @Nullable MediaType contentType() {
    return null;
  }

  /** Overrides a member that came with 3.14; before that, the unknown length has to say it. */
  public boolean isOneShot() {
    return true;
  }

  @Override
  public void writeTo(BufferedSink sink) throws IOException {
    sink.write(bytes);
  }
}
