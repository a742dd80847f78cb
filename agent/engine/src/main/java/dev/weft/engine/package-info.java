/**
 * Decides. Takes policy through {@link dev.weft.engine.PolicySink}, answers adapters through the
 * bootstrap waist, and tells what happened through {@link dev.weft.engine.CallRecorder}. No I/O, no
 * thread, no clock and no chance of its own.
 *
 * <p>Starting points: {@link dev.weft.engine.Engine}; {@code MeshCall}, which reads as the way of
 * one request; {@link dev.weft.engine.EngineView} for what it holds now.
 */
package dev.weft.engine;
