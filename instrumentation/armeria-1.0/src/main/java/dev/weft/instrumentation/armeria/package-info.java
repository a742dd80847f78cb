/**
 * Armeria's clients: a request is decided where the innermost client sends it, below Armeria's own
 * decorators; each attempt is one of its derived contexts, with the endpoint of the attempt.
 *
 * <p>Starting point: {@link dev.weft.instrumentation.armeria.ArmeriaExchange}.
 */
package dev.weft.instrumentation.armeria;
