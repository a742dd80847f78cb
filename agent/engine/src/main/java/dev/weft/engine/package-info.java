/**
 * Decides. Takes policy through {@link dev.weft.engine.PolicySink}, answers adapters through the
 * bootstrap waist, and tells what happened through {@link dev.weft.engine.CallRecorder}. No I/O, no
 * thread, no clock and no chance of its own.
 */
package dev.weft.engine;
