package dev.weft.controlclient;

import static java.util.Objects.requireNonNull;

import dev.weft.bootstrap.Mesh;
import dev.weft.engine.HostDirectory;
import dev.weft.engine.PolicySink;
import dev.weft.engine.RandomSource;
import dev.weft.identity.CertificateSource;
import dev.weft.identity.ControlSecurity;
import dev.weft.model.Endpoints;
import dev.weft.model.Registration;
import dev.weft.model.Rejection;
import dev.weft.wire.Decoded;
import dev.weft.wire.WireCodec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the engine supplied from a control server.
 *
 * <p>{@link #restore()}, on the start path, brings back the last good policy from disk; {@link
 * #start()} then connects in the background and stays connected until {@link #close()}. A server
 * that cannot be reached is told once on stderr; the application never notices.
 *
 * <p>Thread-safe, except that restore comes before start. No method throws because of the server.
 */
public final class ControlClient implements HostDirectory, AutoCloseable {

  private static final int MAX_SUBSCRIPTIONS = 2000;
  private static final long SAVE_DELAY_NANOS = 1_000_000_000L;
  private static final long GOODBYE_MILLIS = 1000;

  private final Loop loop;
  private final Executor io;
  private final @Nullable LastKnownGood disk;
  private final Consumer<String> log;
  private final Subscriptions subscriptions;
  private final EndpointNames endpointNames;
  private final HeldPolicy held;
  private final NameRefresher names;
  private volatile Registration registration;
  private final List<ServerAddress> servers;
  private final @Nullable ControlSecurity security;
  private final Supplier<Session> sessions;

  private volatile @Nullable Session session;
  private volatile boolean closed;

  /** When the policy was last known to be current; 0 for never. */
  private volatile long currentAtMillis;

  private boolean saveIsComing;
  private boolean saveFailed;

  private ControlClient(Builder builder) {
    this.servers = ServerAddress.parse(builder.servers);
    this.security = builder.security;
    Registration identity = requireNonNull(builder.registration, "registration");
    PolicySink sink = requireNonNull(builder.sink, "sink");
    this.loop = builder.loop == null ? new SystemLoop() : builder.loop;
    this.io = builder.io == null ? ioThreads() : builder.io;
    this.disk =
        builder.stateDirectory == null ? null : new LastKnownGood(builder.stateDirectory, identity);
    this.log = builder.log;
    this.registration = identity;
    this.subscriptions = new Subscriptions(builder.maxSubscriptions);
    this.endpointNames = new EndpointNames(builder.lookup);
    this.held = new HeldPolicy(sink, endpointNames);
    this.names = new NameRefresher(endpointNames, loop, io, this::readdressed);
    Link.Factory links = builder.links;
    RandomSource random = builder.random;
    // Made on the loop's thread: the default factory is the first class that needs gRPC.
    this.sessions =
        () -> new Session(new Parts(this, servers, links == null ? grpc() : links, random));
  }

  private Link.Factory grpc() {
    return new GrpcLinks(channels(), security);
  }

  private Channels channels() {
    return new Channels(((SystemLoop) loop).executor(), io, security);
  }

  /** Where certificates come from: the same servers. Needs {@link Builder#security}. */
  public CertificateSource certificates() {
    return new GrpcCertificates(servers, channels(), requireNonNull(security, "security"));
  }

  /** Something that a connect was refused for may be there now: tries at once. */
  public void wake() {
    loop.execute(
        () -> {
          Session conversation = session;
          if (conversation != null) {
            conversation.wake();
          }
        });
  }

  /** One thread reads as long as the stream is open; others come for a moment and go. */
  private static Executor ioThreads() {
    return new ThreadPoolExecutor(
        0,
        Integer.MAX_VALUE,
        2,
        TimeUnit.SECONDS,
        new SynchronousQueue<>(),
        task -> SystemLoop.daemon(task, "weft-control-io"));
  }

  public static Builder builder() {
    return new Builder();
  }

  /**
   * Brings the last good policy from disk into the engine. Quick: reads one file, starts no thread,
   * connects to nothing, and needs no class of gRPC. A file that cannot be used is told in one line
   * and ignored.
   *
   * @return whether there was one
   */
  public boolean restore() {
    LastKnownGood from = disk;
    if (from == null) {
      return false;
    }
    try {
      LastKnownGood.Content content = from.read();
      if (content == null) {
        return false;
      }
      endpointNames.learn(content.addresses);
      Decoded decoded = WireCodec.decode(content.resources);
      List<Rejection> rejections = held.apply(content.resources, decoded, Collections.emptyList());
      for (Rejection rejection : rejections) {
        log.accept("last good policy: " + rejection.name() + ": " + rejection.reason());
      }
      for (String table : held.routeTables()) {
        subscriptions.restored(table);
      }
      currentAtMillis = content.currentAtMillis;
      return true;
    } catch (IOException | RuntimeException e) {
      log.accept("last good policy in " + from.file() + " is ignored: " + e.getMessage());
      return false;
    }
  }

  /** Connects in the background, and again whenever that is needed. */
  public void start() {
    loop.execute(
        () -> {
          if (session == null && !closed) {
            Session made = sessions.get();
            session = made;
            made.connect();
            names.schedule();
            if (!endpointNames.all().isEmpty()) {
              names.refresh();
            }
          }
        });
  }

  /**
   * {@inheritDoc}
   *
   * <p>The stage completes on the client's own thread, so what hangs on it must be quick.
   */
  @Override
  public @Nullable CompletionStage<?> request(String routeTable) {
    Session conversation = session;
    boolean worthWaiting =
        !closed
            && (conversation == null || conversation.connected() || conversation.inFirstRound());
    CompletableFuture<Void> applied = subscriptions.find(routeTable);
    if (applied == null && !closed) {
      boolean[] added = new boolean[1];
      applied = subscriptions.add(routeTable, added);
      if (added[0]) {
        loop.execute(() -> subscribe(routeTable));
      }
    }
    return worthWaiting ? applied : null;
  }

  private void subscribe(String routeTable) {
    Session conversation = session;
    // Before the start it waits for the first hello.
    if (conversation != null) {
      conversation.subscribe(routeTable);
    }
  }

  /**
   * Changes what the agent says of its instance: ports that were bound, readiness. Several changes
   * close together go out as one.
   */
  public void update(UnaryOperator<Registration> change) {
    synchronized (this) {
      Registration after = change.apply(registration);
      if (after.equals(registration)) {
        return;
      }
      registration = after;
    }
    loop.execute(
        () -> {
          Session conversation = session;
          if (conversation != null) {
            conversation.registrationChanged();
          }
        });
  }

  /** Whether a control server has answered on a stream that is still open. */
  public boolean connected() {
    Session conversation = session;
    return conversation != null && conversation.connected();
  }

  /**
   * How long ago the policy in force was last known to be current: 0 while connected, NaN when
   * there never was any.
   */
  public double policyAgeSeconds() {
    if (connected()) {
      return 0;
    }
    long at = currentAtMillis;
    return at == 0 ? Double.NaN : Math.max(0, System.currentTimeMillis() - at) / 1000.0;
  }

  /**
   * Says goodbye, so that no one calls this instance any more, writes the policy to disk, and ends.
   * Takes a second or two at most; for a shutdown hook.
   */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    subscriptions.releaseAll();
    CountDownLatch goodbye = new CountDownLatch(1);
    onSession(conversation -> conversation.stop(goodbye), goodbye);
    if (!await(goodbye)) {
      onSession(Session::abort, goodbye);
    }
    CountDownLatch saved = new CountDownLatch(1);
    loop.execute(
        () -> {
          if (saveIsComing) {
            save(content());
          }
          saved.countDown();
          loop.stop();
        });
    await(saved);
  }

  /** Counts {@code done} down instead when there is no conversation. */
  private void onSession(Consumer<Session> task, CountDownLatch done) {
    loop.execute(
        () -> {
          Session conversation = session;
          if (conversation == null) {
            done.countDown();
          } else {
            task.accept(conversation);
          }
        });
  }

  private static boolean await(CountDownLatch latch) {
    try {
      return latch.await(GOODBYE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private void readdressed(List<Endpoints> endpoints) {
    held.readdress(endpoints);
    policyChanged();
  }

  /** On the loop's thread. Changes of the next second go to disk together. */
  private void policyChanged() {
    currentAtMillis = System.currentTimeMillis();
    if (disk != null && !saveIsComing) {
      saveIsComing = true;
      loop.schedule(
          () -> {
            saveIsComing = false;
            LastKnownGood.Content content = content();
            io.execute(() -> save(content));
          },
          SAVE_DELAY_NANOS);
    }
  }

  private LastKnownGood.Content content() {
    return new LastKnownGood.Content(held.resources(), endpointNames.known(), currentAtMillis);
  }

  /** Synchronized: one at a time, the newest last, as they are a second apart. */
  private synchronized void save(LastKnownGood.Content content) {
    LastKnownGood to = disk;
    if (to == null) {
      return;
    }
    try {
      to.write(content);
      saveFailed = false;
    } catch (IOException | RuntimeException e) {
      if (!saveFailed) {
        saveFailed = true;
        log.accept("policy cannot be kept in " + to.file() + ": " + e);
      }
    } catch (Error e) {
      Mesh.problem("keep policy", e);
    }
  }

  private void disconnected() {
    currentAtMillis = System.currentTimeMillis();
    LastKnownGood to = disk;
    if (to != null) {
      io.execute(to::touch);
    }
  }

  /** What a session is made of. */
  static final class Parts {
    final List<ServerAddress> servers;
    final Link.Factory links;
    final Loop loop;
    final Subscriptions subscriptions;
    final HeldPolicy held;
    final NameRefresher names;
    final Supplier<Registration> registration;
    final RandomSource random;
    final Consumer<String> log;
    final Runnable onPolicy;
    final Runnable onDisconnect;

    Parts(
        ControlClient client,
        List<ServerAddress> servers,
        Link.Factory links,
        RandomSource random) {
      this.servers = servers;
      this.links = links;
      this.loop = client.loop;
      this.subscriptions = client.subscriptions;
      this.held = client.held;
      this.names = client.names;
      this.registration = () -> client.registration;
      this.random = random;
      this.log = client.log;
      this.onPolicy = client::policyChanged;
      this.onDisconnect = client::disconnected;
    }
  }

  /** Collects what a {@link ControlClient} needs. */
  public static final class Builder {
    private String servers = "";
    private @Nullable Registration registration;
    private @Nullable PolicySink sink;
    private @Nullable Path stateDirectory;
    private Consumer<String> log = line -> System.err.println("[weft] " + line);
    private int maxSubscriptions = MAX_SUBSCRIPTIONS;
    private RandomSource random = RandomSource.SYSTEM;
    private HostLookup lookup = HostLookup.SYSTEM;
    private @Nullable ControlSecurity security;
    private @Nullable Loop loop;
    private @Nullable Executor io;
    private Link.@Nullable Factory links;

    private Builder() {}

    /** {@code host:port}, several separated by commas. */
    public Builder servers(String servers) {
      this.servers = servers;
      return this;
    }

    /** What the agent says of its instance, to begin with. */
    public Builder registration(Registration registration) {
      this.registration = registration;
      return this;
    }

    public Builder sink(PolicySink sink) {
      this.sink = sink;
      return this;
    }

    /** Where the last good policy is kept; null for nowhere. */
    public Builder stateDirectory(@Nullable Path stateDirectory) {
      this.stateDirectory = stateDirectory;
      return this;
    }

    /** Takes lines for the operator; stderr when not set. */
    public Builder log(Consumer<String> log) {
      this.log = log;
      return this;
    }

    /** How servers are believed and told who we are; null for plaintext. */
    public Builder security(@Nullable ControlSecurity security) {
      this.security = security;
      return this;
    }

    Builder maxSubscriptions(int maxSubscriptions) {
      this.maxSubscriptions = maxSubscriptions;
      return this;
    }

    Builder random(RandomSource random) {
      this.random = random;
      return this;
    }

    Builder lookup(HostLookup lookup) {
      this.lookup = lookup;
      return this;
    }

    Builder loop(Loop loop) {
      this.loop = loop;
      return this;
    }

    Builder io(Executor io) {
      this.io = io;
      return this;
    }

    Builder links(Link.Factory links) {
      this.links = links;
      return this;
    }

    /**
     * @throws IllegalArgumentException when the servers cannot be read; the message says where
     */
    public ControlClient build() {
      return new ControlClient(this);
    }
  }
}
