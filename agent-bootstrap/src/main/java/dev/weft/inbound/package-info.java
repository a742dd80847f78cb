/**
 * A request that arrives at the application, and the ports on which it may.
 *
 * <p>Starting points: {@link dev.weft.inbound.InboundMesh}, {@link dev.weft.inbound.InboundCall}.
 */
package dev.weft.inbound;
