package io.opentelemetry.javaagent.bootstrap;

/** Named as the class loader of the OpenTelemetry agent is. */
public final class AgentClassLoader extends ClassLoader {}
