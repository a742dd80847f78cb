/**
 * What a workload is told: Istio's resources, resolved for one caller into plain immutable data. No
 * behaviour, no knowledge of where it came from (control server, last-known-good file, policy file)
 * or of how it is decided. Shared by the control server, which makes it, and the engine, which
 * follows it.
 *
 * <p>Starting points: {@link dev.weft.model.RouteTable} (what a host name means), {@link
 * dev.weft.model.Upstream} (one destination with its policy), {@link dev.weft.model.Update} (a
 * consistent set of changes). All values are immutable; lists are never null; durations are in
 * nanoseconds.
 */
package dev.weft.model;
