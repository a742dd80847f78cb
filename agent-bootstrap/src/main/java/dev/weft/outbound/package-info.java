/**
 * A request that leaves the application: what an adapter shows of it, what the engine answers, and
 * the two drivers that carry the answer out.
 *
 * <p>Starting points: {@link dev.weft.outbound.OutboundRequest} (what an adapter writes first),
 * {@link dev.weft.outbound.BlockingDriver} and {@link dev.weft.outbound.AsyncDriver} (the loop),
 * {@link dev.weft.outbound.OutboundCall} (what the engine implements).
 */
package dev.weft.outbound;
