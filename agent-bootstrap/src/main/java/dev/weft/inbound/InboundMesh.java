package dev.weft.inbound;

import dev.weft.outbound.LocalReply;
import dev.weft.outbound.Outcome;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** Decides requests that arrive. The engine implements it, server adapters call it. */
public interface InboundMesh {

  /** Lets every request in. */
  InboundMesh PERMIT_ALL =
      request ->
          new InboundCall() {
            @Override
            public @Nullable LocalReply reply() {
              return null;
            }

            @Override
            public void close(Outcome outcome, int status) {}
          };

  /**
   * Decides one request before the application sees it. Called on the server's thread, once per
   * request however many instrumented layers it passes; does not block. An adapter that catches an
   * exception from here reports it with {@code Mesh.problem} and lets the request in only if no
   * security policy is in force: the engine's implementation sees to that and does not throw.
   */
  InboundCall open(InboundRequest request);

  /**
   * Decides one connection whose requests nobody will see, when it is known whether it is mutual
   * TLS. What policies ask of requests is unknown: it permits nothing, and does not keep anything
   * from being refused. Does not block, and has no {@link InboundCall#pending}.
   *
   * @param peer the raw address of the peer
   * @return {@link InboundCall#reply} not null: close it; {@link InboundCall#onRevoked} closes it
   *     later; {@link InboundCall#close} is told its end, with status 0
   */
  default InboundCall openConnection(InetSocketAddress peer, int localPort) {
    return open(new UnreadConnection(peer, localPort));
  }
}
