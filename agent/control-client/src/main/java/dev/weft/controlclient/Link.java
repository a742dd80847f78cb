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
    /**
     * Starts to connect and returns at once; what is sent meanwhile waits.
     *
     * @throws NotYetException where it is of no use now, which somebody else tells the operator
     */
    Link open(ServerAddress address, Listener listener) throws NotYetException;
  }

  /** We lack something that a server insists on. */
  final class NotYetException extends Exception {
    private static final long serialVersionUID = 1;

    NotYetException(String message) {
      super(message);
    }
  }
}
