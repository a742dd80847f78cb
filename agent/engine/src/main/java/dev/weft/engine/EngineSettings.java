package dev.weft.engine;

import static java.util.Objects.requireNonNull;

import dev.weft.engine.propagation.Propagation;
import dev.weft.engine.tokens.TokenVerifier;
import java.net.InetAddress;
import java.util.Collections;
import java.util.function.IntSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What may be set about the engine itself, and what it may ask others. Immutable. */
public final class EngineSettings {

  private static final long SECOND = 1_000_000_000L;

  /**
   * Waits a second for the policy of a new host; has no identity, so no mutual TLS; verifies no
   * token and asks no authorizer; no headers but those of the trace and the request ID travel.
   */
  public static final EngineSettings DEFAULTS = new EngineSettings(new Values());

  private static final class Values {
    long awaitNanos = SECOND;
    long patienceNanos;
    IntSupplier identityGeneration = () -> 0;
    @Nullable Supplier<String> identity;
    Connections connections = Connections.NONE;
    TokenVerifier tokens = TokenVerifier.NONE;
    ExternalAuthorization authorization = ExternalAuthorization.NONE;
    Propagation propagation = new Propagation(Collections.emptyList());
    @Nullable RefusedConnections refusals;
    Predicate<InetAddress> ownAddresses = address -> false;

    Values copy() {
      Values copy = new Values();
      copy.awaitNanos = awaitNanos;
      copy.patienceNanos = patienceNanos;
      copy.identityGeneration = identityGeneration;
      copy.identity = identity;
      copy.connections = connections;
      copy.tokens = tokens;
      copy.authorization = authorization;
      copy.propagation = propagation;
      copy.refusals = refusals;
      copy.ownAddresses = ownAddresses;
      return copy;
    }
  }

  private final Values values;

  private EngineSettings(Values values) {
    this.values = values;
  }

  /** How long the first request to a host waits for its policy, at most. */
  public EngineSettings awaitNanos(long nanos) {
    if (nanos < 0) {
      throw new IllegalArgumentException("awaitNanos: " + nanos + " (expected: >= 0)");
    }
    Values next = values.copy();
    next.awaitNanos = nanos;
    return new EngineSettings(next);
  }

  /**
   * During this time from its start the engine waits for the policy of a host until the time is
   * over, if that is longer than {@link #awaitNanos}: the first contact with a control server takes
   * a certificate and a slow machine's time, and a name that only the mesh knows fails without it.
   */
  public EngineSettings patienceNanos(long nanos) {
    if (nanos < 0) {
      throw new IllegalArgumentException("patienceNanos: " + nanos + " (expected: >= 0)");
    }
    Values next = values.copy();
    next.patienceNanos = nanos;
    return new EngineSettings(next);
  }

  /**
   * @param generation 0 as long as this process has no identity; another number whenever
   *     connections that were opened so far must not be used again, because our certificate or whom
   *     we trust changed. Asked for every attempt, quick
   */
  public EngineSettings identityGeneration(IntSupplier generation) {
    Values next = values.copy();
    next.identityGeneration = requireNonNull(generation, "generation");
    return new EngineSettings(next);
  }

  /**
   * From then on {@code x-forwarded-client-cert} is the mesh's, and what a client writes there is
   * removed from its requests.
   *
   * @param spiffeId our own; empty as long as there is none. Quick
   */
  public EngineSettings identity(Supplier<String> spiffeId) {
    Values next = values.copy();
    next.identity = requireNonNull(spiffeId, "spiffeId");
    return new EngineSettings(next);
  }

  /** Who is at the other end of the connections that servers of this process accepted. */
  public EngineSettings connections(Connections connections) {
    Values next = values.copy();
    next.connections = requireNonNull(connections, "connections");
    return new EngineSettings(next);
  }

  /** Who reads tokens of requests; not asked for anything before a policy needs it. */
  public EngineSettings tokens(TokenVerifier tokens) {
    Values next = values.copy();
    next.tokens = requireNonNull(tokens, "tokens");
    return new EngineSettings(next);
  }

  /** Who asks authorizers; not asked for anything before a policy needs it. */
  public EngineSettings authorization(ExternalAuthorization authorization) {
    Values next = values.copy();
    next.authorization = requireNonNull(authorization, "authorization");
    return new EngineSettings(next);
  }

  /** Which headers travel from requests that arrive to those that are sent because of them. */
  public EngineSettings propagation(Propagation propagation) {
    Values next = values.copy();
    next.propagation = requireNonNull(propagation, "propagation");
    return new EngineSettings(next);
  }

  /** Told of connections that are refused because nobody knows where they would go. */
  public EngineSettings refusals(RefusedConnections refusals) {
    Values next = values.copy();
    next.refusals = requireNonNull(refusals, "refusals");
    return new EngineSettings(next);
  }

  /** Which addresses are this machine's; asked before a connection is refused. Quick. */
  public EngineSettings ownAddresses(Predicate<InetAddress> ownAddresses) {
    Values next = values.copy();
    next.ownAddresses = requireNonNull(ownAddresses, "ownAddresses");
    return new EngineSettings(next);
  }

  long awaitNanos() {
    return values.awaitNanos;
  }

  long patienceNanos() {
    return values.patienceNanos;
  }

  int identityGeneration() {
    return values.identityGeneration.getAsInt();
  }

  /** Null where this process shall have none. */
  @Nullable Supplier<String> identity() {
    return values.identity;
  }

  Connections connections() {
    return values.connections;
  }

  TokenVerifier tokens() {
    return values.tokens;
  }

  ExternalAuthorization authorization() {
    return values.authorization;
  }

  Propagation propagation() {
    return values.propagation;
  }

  @Nullable RefusedConnections refusals() {
    return values.refusals;
  }

  boolean isOwnAddress(InetAddress address) {
    return values.ownAddresses.test(address);
  }
}
