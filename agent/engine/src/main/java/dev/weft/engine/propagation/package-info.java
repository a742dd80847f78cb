/**
 * Which headers of a request that arrived travel on to the requests that are sent because of it.
 *
 * <p>Starting point: {@link dev.weft.engine.propagation.Propagation}.
 */
package dev.weft.engine.propagation;
