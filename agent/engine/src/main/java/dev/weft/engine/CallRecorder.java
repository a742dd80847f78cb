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

  /**
   * A connection of a library that no adapter knows was opened, or was meant to be: {@code flags}
   * tell. Quick, does no I/O, does not throw.
   *
   * @param record what is known of it; nothing of a request is
   * @return takes what becomes of it
   */
  default ConnectionMeter connection(CallRecord record) {
    return ConnectionMeter.NONE;
  }
}
