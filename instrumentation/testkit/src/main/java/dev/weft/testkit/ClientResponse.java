package dev.weft.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A response as the application gets it from the library: the head, and a body still to be read.
 */
public interface ClientResponse extends AutoCloseable {

  int status();

  /** The first value of a header, null when absent. */
  @Nullable String header(String name);

  /**
   * The body as the library gives it, read from the connection as it comes; empty when there is
   * none. Closing it before its end is how an application gives up.
   */
  InputStream body() throws IOException;

  /** Gives the response up, or does nothing when it was read to its end. */
  @Override
  void close() throws IOException;

  /** Reads the body to its end and closes the response. */
  default String text() throws IOException {
    try (this) {
      return new String(body().readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
