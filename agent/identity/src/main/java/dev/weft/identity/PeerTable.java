package dev.weft.identity;

import dev.weft.engine.Connections;
import dev.weft.engine.PeerIdentity;
import java.net.InetSocketAddress;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Who is at the other end of each connection that was accepted with mutual TLS, by the raw address
 * of the peer. Bounded: an adapter that never tells of a connection's end fills it, and then the
 * oldest go, whose requests are those of nobody from then on. Thread-safe.
 */
final class PeerTable implements Connections {

  static final int MAX_CONNECTIONS = 65_536;
  private static final int MAX_IDENTITIES = 1000;

  private final int maxConnections;
  private final ConcurrentHashMap<Key, Entry> open = new ConcurrentHashMap<>();
  private final AtomicLong order = new AtomicLong();

  /** One object for all connections of the same certificate. */
  private final ConcurrentHashMap<Certificate, Peer> peers = new ConcurrentHashMap<>();

  PeerTable(int maxConnections) {
    this.maxConnections = maxConnections;
  }

  /** A certificate that was believed. */
  private static final class Peer {
    final PeerIdentity identity;
    final Certificate[] chain;

    Peer(PeerIdentity identity, Certificate[] chain) {
      this.identity = identity;
      this.chain = chain;
    }
  }

  private static final class Entry {
    final Peer peer;
    final long order;

    Entry(Peer peer, long order) {
      this.peer = peer;
      this.order = order;
    }
  }

  private static final class Key {
    final InetSocketAddress remote;
    final int localPort;

    Key(InetSocketAddress remote, int localPort) {
      this.remote = remote;
      this.localPort = localPort;
    }

    @Override
    public int hashCode() {
      return remote.hashCode() * 31 + localPort;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Key
          && ((Key) other).localPort == localPort
          && ((Key) other).remote.equals(remote);
    }
  }

  @Override
  public @Nullable PeerIdentity peer(InetSocketAddress remote, int localPort) {
    // Most processes have no such connection, and most requests ask.
    if (open.isEmpty()) {
      return null;
    }
    Entry entry = open.get(new Key(remote, localPort));
    return entry == null ? null : entry.peer.identity;
  }

  /** A connection whose peer proved {@code id} by {@code chain}. */
  void add(InetSocketAddress remote, int localPort, SpiffeId id, Certificate[] chain)
      throws CertificateException {
    Peer peer = peers.get(chain[0]);
    if (peer == null) {
      peer = new Peer(identity(id, (X509Certificate) chain[0]), chain);
      if (peers.size() >= MAX_IDENTITIES) {
        peers.clear();
      }
      peers.put(chain[0], peer);
    }
    open.put(new Key(remote, localPort), new Entry(peer, order.incrementAndGet()));
    if (open.size() > maxConnections) {
      dropOldest();
    }
  }

  private static PeerIdentity identity(SpiffeId id, X509Certificate own)
      throws CertificateException {
    StringBuilder hash = new StringBuilder(64);
    for (byte each : Trust.sha256(own)) {
      hash.append(Character.forDigit(each >> 4 & 15, 16)).append(Character.forDigit(each & 15, 16));
    }
    return new PeerIdentity(id.text, hash.toString(), own.getSubjectX500Principal().getName());
  }

  /** Nobody known is at that address now, whoever was before. */
  void remove(InetSocketAddress remote, int localPort) {
    if (!open.isEmpty()) {
      open.remove(new Key(remote, localPort));
    }
  }

  /** Forgets the peers that are not believed any more. */
  void retain(Predicate<Certificate[]> believed) {
    Map<Peer, Boolean> decided = new HashMap<>();
    open.values()
        .removeIf(entry -> !decided.computeIfAbsent(entry.peer, peer -> believed.test(peer.chain)));
    peers.clear();
  }

  /** A quarter at once, so that a full table is not looked through for every connection. */
  private synchronized void dropOldest() {
    int size = open.size();
    if (size <= maxConnections) {
      return;
    }
    long[] orders = new long[size];
    int count = 0;
    for (Entry entry : open.values()) {
      if (count < size) {
        orders[count++] = entry.order;
      }
    }
    Arrays.sort(orders, 0, count);
    long last = orders[count / 4];
    open.values().removeIf(entry -> entry.order <= last);
  }

  /** Open connections by identity. */
  Map<String, Integer> count() {
    List<Entry> entries = new ArrayList<>(open.values());
    Map<String, Integer> counts = new TreeMap<>();
    for (Entry entry : entries) {
      counts.merge(entry.peer.identity.id, 1, Integer::sum);
    }
    return counts;
  }

  int size() {
    return open.size();
  }
}
