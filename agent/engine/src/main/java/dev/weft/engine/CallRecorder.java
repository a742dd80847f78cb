package dev.weft.engine;

/** Hears about every finished request. Implemented by telemetry. */
public interface CallRecorder {

  CallRecorder NONE = record -> {};

  /** Called once per request on the thread that ended it; quick, does no I/O, does not throw. */
  void record(CallRecord record);

  /**
   * The same for a connection whose requests nobody sees, when it was decided and when it ended;
   * what is of a request in {@code record} is empty.
   *
   * @param ended false the first time
   */
  default void recordConnection(CallRecord record, boolean ended) {}
}
