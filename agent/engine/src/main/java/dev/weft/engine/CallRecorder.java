package dev.weft.engine;

/** Hears about every finished request. Implemented by telemetry. */
public interface CallRecorder {

  CallRecorder NONE = record -> {};

  /** Called once per request on the thread that ended it; quick, does no I/O, does not throw. */
  void record(CallRecord record);
}
