/**
 * Numbers: the cost of a decision (JMH) and of the agent as a whole (processes, bare against agent,
 * in pairs). Starting point: {@link dev.weft.benchmarks.Benchmarks}.
 */
package dev.weft.benchmarks;
