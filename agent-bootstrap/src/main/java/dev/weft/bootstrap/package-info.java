/**
 * Where the agent enters the JVM, and the one place where adapters find the engine.
 *
 * <p>Starting points: {@link dev.weft.bootstrap.WeftAgent}, {@link dev.weft.bootstrap.Mesh}.
 */
package dev.weft.bootstrap;
