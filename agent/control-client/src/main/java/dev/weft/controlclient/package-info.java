/**
 * The only room of the agent that talks to the control server; gRPC and protobuf stop here. Keeps
 * one stream, subscribes to what the application calls, gives what arrives to the engine, answers,
 * and keeps the last good policy on disk.
 *
 * <p>All state of the conversation belongs to one thread, {@code weft-control}; application threads
 * only put names into a concurrent map. No class that {@link
 * dev.weft.controlclient.ControlClient#restore()} needs knows gRPC.
 *
 * <p>Starting points: {@link dev.weft.controlclient.ControlClient} (what others call), {@link
 * dev.weft.controlclient.Session} (the conversation), {@link dev.weft.controlclient.HeldPolicy}
 * (what a message does).
 */
package dev.weft.controlclient;
