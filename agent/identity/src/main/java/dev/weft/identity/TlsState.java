package dev.weft.identity;

import dev.weft.transport.TransportSecurity.ServerTls;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** All that is in force at one moment: who we are, whom we trust, and what follows. Immutable. */
final class TlsState {

  /** Before the first certificate: nothing can be proven, so STRICT takes nobody. */
  static final TlsState NONE = new TlsState(0, null, null, null);

  /** Goes up when connections opened so far must not be used again; 0 without an identity. */
  final int generation;

  final @Nullable Credential own;
  final @Nullable Trust trust;

  /** Both sides' context; null as long as something is missing for it. */
  final @Nullable SSLContext context;

  final ServerTls permissive;
  final ServerTls strict;

  TlsState(
      int generation,
      @Nullable Credential own,
      @Nullable Trust trust,
      @Nullable SSLContext context) {
    this.generation = generation;
    this.own = own;
    this.trust = trust;
    this.context = context;
    this.permissive =
        context == null ? ServerTls.DISABLED : new ServerTls(ServerTls.Mode.PERMISSIVE, context);
    this.strict = new ServerTls(ServerTls.Mode.STRICT, context);
  }

  /** Whether a peer would believe us. */
  boolean isAlive(long nowMillis) {
    return context != null && own != null && !own.isExpired(nowMillis);
  }
}
