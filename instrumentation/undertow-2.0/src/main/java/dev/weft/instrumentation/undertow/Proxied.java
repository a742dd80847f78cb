package dev.weft.instrumentation.undertow;

import org.xnio.StreamConnection;

/** Connections whose addresses are what a PROXY header claims. */
final class Proxied {

  private Proxied() {}

  static boolean is(StreamConnection connection) {
    // Its class is private.
    return connection.getClass().getName().startsWith("io.undertow.server.protocol.proxy.");
  }
}
