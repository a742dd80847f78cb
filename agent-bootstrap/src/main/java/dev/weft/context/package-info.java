/**
 * What travels with a request through this process: from the one that arrived to those that are
 * sent because of it, across threads.
 *
 * <p>Starting point: {@link dev.weft.context.CallContext}.
 */
package dev.weft.context;
