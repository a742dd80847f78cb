package dev.weft.controlclient;

import dev.weft.wire.proto.Weft;

/** One open stream to one control server. Used on the loop's thread only. */
interface Link {

  void send(Weft.AgentMessage message);

  /** Ends the stream in order; what was sent before still goes out. */
  void finish();

  /** Gives the stream and its connection up at once. */
  void abort();

  /** Hears what happens on a link, on the loop's thread. */
  interface Listener {
    void onMessage(Weft.ServerMessage message);

    /** Called at most once; nothing follows. */
    void onClosed(String reason);
  }

  /** Opens links. */
  interface Factory {
    /** Starts to connect and returns at once; what is sent meanwhile waits. */
    Link open(ServerAddress address, Listener listener);
  }
}
