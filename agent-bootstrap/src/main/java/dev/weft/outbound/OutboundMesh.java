package dev.weft.outbound;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Decides requests that leave the application. The engine implements it; adapters reach it through
 * the two drivers only.
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
}
