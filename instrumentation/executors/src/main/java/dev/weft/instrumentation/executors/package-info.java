/**
 * Pools, fork and join, futures and virtual threads of the JDK: a task runs in the context of the
 * request from which it was handed over. The tasks themselves stay as they are, so that queues,
 * lists and handlers of the application see its own objects.
 *
 * <p>Starting point: {@link dev.weft.instrumentation.executors.ExecutorsInstrumentation}; what its
 * advice calls is {@link dev.weft.context.CallContext.Handover}.
 */
package dev.weft.instrumentation.executors;
