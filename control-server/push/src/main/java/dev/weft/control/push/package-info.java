/**
 * The stream to agents. An agent's hello becomes a lease in the registry, its subscriptions become
 * the resources that its host names mean, its answers become status. Knows core's ports and the
 * wire; protobuf and gRPC go no further.
 *
 * <p>One thread, {@code weft-push}, owns everything: streams and cache need no lock, and a burst of
 * changes becomes one round. Starting points: {@link dev.weft.control.push.PushService} (what
 * others call), {@link dev.weft.control.push.AgentStream} (one agent), {@link
 * dev.weft.control.push.Encoded} (what is shared between agents).
 */
package dev.weft.control.push;
