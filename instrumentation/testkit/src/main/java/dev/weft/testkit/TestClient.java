package dev.weft.testkit;

import java.io.IOException;

/**
 * The library under test, made after the adapter is installed: follows redirects, keeps
 * connections, speaks HTTP/1.1, has a read timeout of 10 s, and no retries of its own where they
 * can be switched off.
 */
public interface TestClient extends AutoCloseable {

  /** Sends on the calling thread; returns when the head of the response is there. */
  ClientResponse send(ClientRequest request) throws Exception;

  @Override
  default void close() throws IOException {}
}
