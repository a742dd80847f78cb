package dev.weft.instrumentation.pekko;

import java.net.InetSocketAddress;
import org.apache.pekko.stream.Attributes;
import org.jspecify.annotations.Nullable;

/** What is known of the connection that a stream serves; one of its attributes. */
final class Arrived implements Attributes.Attribute {

  /** Of a layer that the application connected by itself. */
  static final Arrived UNKNOWN = new Arrived(null, 0);

  final @Nullable InetSocketAddress peer;
  final int localPort;

  Arrived(@Nullable InetSocketAddress peer, int localPort) {
    this.peer = peer;
    this.localPort = localPort;
  }
}
