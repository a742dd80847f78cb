/**
 * Which endpoint an attempt goes to: load balancing, and which endpoints are out because they
 * failed too often. State lives here, by upstream and address, and outlives snapshots.
 *
 * <p>Starting point: {@link dev.weft.engine.balancing.HostPool}.
 */
package dev.weft.engine.balancing;
