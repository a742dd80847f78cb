/** Brings the agent into a JVM by way of the OpenTelemetry Java agent, as an extension of it. */
package dev.weft.otel;
