package dev.weft.outbound;

import dev.weft.transport.Endpoint;
import java.net.InetAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Decides requests that leave the application. The engine implements it; adapters reach it through
 * the two drivers only; the floors below them ask it about connections.
 */
public interface OutboundMesh {

  /** Lets every request pass untouched. */
  OutboundMesh PASS_THROUGH = request -> OutboundCall.PASS_THROUGH;

  /**
   * Opens a call for one request of the application. Called on the application's thread; does not
   * block and does no I/O. {@code request} is read during the call's life and not kept after it.
   */
  OutboundCall open(OutboundRequest request);

  /**
   * Whether requests to {@code http://host:port} are the mesh's to route: for libraries that choose
   * an endpoint themselves above what they send with, and shall not where the mesh does. Does not
   * block. Completes when the policy of a host that is asked for the first time has arrived; the
   * caller bounds its wait, and takes what is late for no.
   */
  default CompletionStage<Boolean> governs(String host, int port) {
    return CompletableFuture.completedFuture(false);
  }

  /**
   * A floor asks for a connection of which no adapter spoke. Quick, does not block, resolves
   * nothing.
   *
   * @param host name or IP literal as the application wrote it, never synthetic
   * @param address to which the application would connect without us; null where it has none
   * @return null for what is not the mesh's, which is nearly everything
   */
  default @Nullable Connection connect(String host, int port, @Nullable InetAddress address) {
    return null;
  }

  /**
   * One connection of a library that no adapter knows. Asked for {@link #start} first, and if that
   * did not give {@link Step#LEAVE}, told about until {@link #closed}. Any thread, nothing blocks.
   */
  interface Connection {

    /** What to wait for before {@link #start}; null where there is nothing. */
    @Nullable CompletionStage<?> pending();

    /** How long to wait at most. */
    long patienceNanos();

    /** Decides, once. */
    Step start();

    /** Where to connect; after {@link Step#REDIRECT}. */
    Endpoint endpoint();

    /**
     * How long connecting to {@link #endpoint()} may take where the application has no shorter
     * limit; 0 for no limit of ours. Its TLS may take as long again.
     */
    default long connectTimeoutNanos() {
      return 0;
    }

    /** Why not to connect; after {@link Step#REFUSE}. */
    String reason();

    /** It is established, its TLS included. */
    void connected();

    /** It was not established; nothing more is told. */
    void failed(Throwable failure);

    /** The application sent this many bytes more. */
    void sent(long bytes);

    /** The application received this many bytes more. */
    void received(long bytes);

    /** It is over. A second call has no effect. */
    void closed();

    /** What becomes of it. */
    enum Step {
      /** Not the mesh's after all: as the application wrote it, and nothing more is told. */
      LEAVE,
      /** As the application wrote it, and counted. */
      COUNT,
      /** To {@link Connection#endpoint()}, by TLS of ours where that says so, and counted. */
      REDIRECT,
      /** Fail it; nothing more is told. */
      REFUSE
    }
  }
}
