/**
 * Puts the agent together: settings, engine, adapters, telemetry, control client. The one place in
 * the application's JVM that sees all of them.
 *
 * <p>Starting point: {@link dev.weft.agent.AgentStart}.
 */
package dev.weft.agent;
