package dev.weft.engine;

/** A call that can say before its end what is known of it. Calls that the engine opens are such. */
public interface RecordedCall {

  /**
   * To be called on the thread that drives the call.
   *
   * @param status of the response that is about to be delivered; 0 for none
   */
  CallRecord soFar(int status);
}
