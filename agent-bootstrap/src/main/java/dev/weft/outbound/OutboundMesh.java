package dev.weft.outbound;

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
}
