package dev.weft.controlclient;

import dev.weft.model.Registration;
import dev.weft.model.Rejection;
import dev.weft.wire.Decoded;
import dev.weft.wire.WireCodec;
import dev.weft.wire.proto.Weft;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The conversation with the control server: connect, say hello, subscribe, take messages, answer,
 * and begin again when the stream breaks. Everything here runs on the loop's thread, except for the
 * volatile fields that others read.
 */
final class Session {

  /** From the start of an attempt to the server's first message. */
  static final long ATTEMPT_NANOS = 5_000_000_000L;

  /** A stream that lived this long counts as a success; before, waiting times go on growing. */
  static final long STABLE_NANOS = 10_000_000_000L;

  private final List<ServerAddress> servers;
  private final Link.Factory links;
  private final Loop loop;
  private final Subscriptions subscriptions;
  private final HeldPolicy held;
  private final NameRefresher names;
  private final Supplier<Registration> registration;
  private final Backoff backoff;
  private final Announcer announcer;
  private final Runnable onPolicy;
  private final Runnable onDisconnect;

  private @Nullable Attempt current;
  private int nextServer;
  private int failuresInARow;
  private boolean stopped;
  private @Nullable CountDownLatch goodbye;

  /** Names to subscribe to and to leave that wait for the next flush. */
  private final Set<String> toSubscribe = new LinkedHashSet<>();

  private final Set<String> toLeave = new LinkedHashSet<>();
  private boolean registrationChanged;

  private volatile boolean connected;
  private volatile boolean firstRound = true;

  Session(ControlClient.Parts parts) {
    this.servers = parts.servers;
    this.links = parts.links;
    this.loop = parts.loop;
    this.subscriptions = parts.subscriptions;
    this.held = parts.held;
    this.names = parts.names;
    this.registration = parts.registration;
    this.backoff = new Backoff(parts.random);
    this.announcer = new Announcer(parts.log);
    this.onPolicy = parts.onPolicy;
    this.onDisconnect = parts.onDisconnect;
    // Agents spread over the servers; each goes through all of them in order.
    this.nextServer = (int) parts.random.nextLong(servers.size());
  }

  /** Whether the server has answered on a stream that is still open. Any thread. */
  boolean connected() {
    return connected;
  }

  /** Whether no server was found to be out of reach so far. Any thread. */
  boolean inFirstRound() {
    return firstRound;
  }

  void connect() {
    if (stopped || current != null) {
      return;
    }
    Attempt attempt = new Attempt(servers.get(nextServer));
    nextServer = (nextServer + 1) % servers.size();
    current = attempt;
    toSubscribe.clear();
    toLeave.clear();
    registrationChanged = false;
    try {
      attempt.link = links.open(attempt.server, attempt);
      attempt.link.send(hello());
    } catch (Link.NotYetException e) {
      attempt.fail(null);
      return;
    } catch (RuntimeException e) {
      attempt.fail(String.valueOf(e.getMessage()));
      return;
    }
    loop.schedule(
        () -> {
          if (!attempt.answered) {
            attempt.fail("no answer within " + ATTEMPT_NANOS / 1_000_000_000L + " s");
          }
        },
        ATTEMPT_NANOS);
  }

  /** What kept us from connecting may be over: tries now, if it is waiting to try. */
  void wake() {
    backoff.reset();
    connect();
  }

  private Weft.AgentMessage hello() {
    return Weft.AgentMessage.newBuilder()
        .setHello(
            Weft.Hello.newBuilder()
                .setRegistration(WireCodec.encode(registration.get()))
                .addAllSubscribe(subscriptions.names())
                .addAllKnown(held.known()))
        .build();
  }

  /** A name was added to the subscriptions. */
  void subscribe(String name) {
    boolean flushIsComing = !toSubscribe.isEmpty() || !toLeave.isEmpty();
    if (subscriptions.overLimit() && !evictOne()) {
      subscriptions.remove(name);
      return;
    }
    toSubscribe.add(name);
    if (!flushIsComing) {
      // After the tasks that are queued already: a burst of names becomes one message.
      loop.execute(this::flushSubscriptions);
    }
  }

  /** Leaves the oldest table that only says "pass through"; false when there is none. */
  private boolean evictOne() {
    for (String name : held.passThrough()) {
      held.drop(name);
      subscriptions.remove(name);
      toSubscribe.remove(name);
      toLeave.add(name);
      return true;
    }
    return false;
  }

  private void flushSubscriptions() {
    Attempt attempt = current;
    if (attempt != null && attempt.link != null && !(toSubscribe.isEmpty() && toLeave.isEmpty())) {
      attempt.link.send(
          Weft.AgentMessage.newBuilder()
              .setSubscription(
                  Weft.Subscription.newBuilder()
                      .addAllSubscribe(toSubscribe)
                      .addAllUnsubscribe(toLeave))
              .build());
    }
    // Without a link they are part of the next hello.
    toSubscribe.clear();
    toLeave.clear();
  }

  /** The registration changed; sent a little later, together with what changes until then. */
  void registrationChanged() {
    if (!registrationChanged) {
      registrationChanged = true;
      loop.schedule(this::flushRegistration, 20_000_000L);
    }
  }

  private void flushRegistration() {
    Attempt attempt = current;
    if (registrationChanged && attempt != null && attempt.link != null) {
      attempt.link.send(
          Weft.AgentMessage.newBuilder()
              .setRegistration(WireCodec.encode(registration.get()))
              .build());
    }
    registrationChanged = false;
  }

  /** Says goodbye and ends; counts {@code done} down when that is over. */
  void stop(CountDownLatch done) {
    stopped = true;
    Attempt attempt = current;
    if (attempt == null || attempt.link == null || !attempt.answered) {
      if (attempt != null) {
        attempt.close();
      }
      done.countDown();
      return;
    }
    goodbye = done;
    attempt.link.send(
        Weft.AgentMessage.newBuilder().setGoodbye(Weft.Goodbye.getDefaultInstance()).build());
    attempt.link.finish();
  }

  /** Gives up a goodbye that takes too long. */
  void abort() {
    Attempt attempt = current;
    if (attempt != null) {
      attempt.close();
    }
  }

  private void take(Attempt attempt, Weft.ServerMessage message) {
    Decoded decoded = WireCodec.decode(message.getResourcesList());
    names.first(decoded.endpoints());
    List<Rejection> rejections =
        held.apply(message.getResourcesList(), decoded, message.getRemovedList());
    names.schedule();
    answer(attempt, message.getNonce(), rejections);
    subscriptions.full(subscriptions.atLimit() && held.passThrough().isEmpty());
    for (Weft.Resource resource : message.getResourcesList()) {
      if (resource.getKind() == Weft.ResourceKind.ROUTE_TABLE) {
        subscriptions.applied(resource.getName());
      }
    }
    if (message.getResourcesCount() > 0 || message.getRemovedCount() > 0) {
      onPolicy.run();
    }
  }

  private static void answer(Attempt attempt, String nonce, List<Rejection> rejections) {
    Weft.Answer.Builder answer = Weft.Answer.newBuilder().setNonce(nonce);
    for (Rejection rejection : rejections) {
      answer.addRejections(WireCodec.encode(rejection));
    }
    Link link = attempt.link;
    if (link != null) {
      link.send(Weft.AgentMessage.newBuilder().setAnswer(answer).build());
    }
  }

  /** One try to hold a stream with one server. */
  private final class Attempt implements Link.Listener {

    private final ServerAddress server;
    private @Nullable Link link;
    private boolean answered;

    Attempt(ServerAddress server) {
      this.server = server;
    }

    @Override
    public void onMessage(Weft.ServerMessage message) {
      if (current != this) {
        return;
      }
      if (!answered) {
        answered = true;
        failuresInARow = 0;
        connected = true;
        firstRound = false;
        announcer.reached(server);
        loop.schedule(
            () -> {
              if (current == this) {
                backoff.reset();
              }
            },
            STABLE_NANOS);
      }
      take(this, message);
    }

    @Override
    public void onClosed(String reason) {
      fail(reason);
    }

    void close() {
      if (current == this) {
        current = null;
        if (connected) {
          connected = false;
          onDisconnect.run();
        }
      }
      if (link != null) {
        link.abort();
      }
    }

    /**
     * @param reason null where the operator knows it already
     */
    void fail(@Nullable String reason) {
      if (current != this) {
        return;
      }
      close();
      CountDownLatch leaving = goodbye;
      if (leaving != null) {
        leaving.countDown();
      }
      if (stopped) {
        return;
      }
      if (!answered) {
        failuresInARow++;
      }
      boolean allTried = failuresInARow >= servers.size();
      if (allTried) {
        if (reason != null) {
          announcer.cannotReach(joined(), server + ": " + reason);
        }
        firstRound = false;
      }
      // A table that was asked for and has not come will come after the reconnect; nobody should
      // wait that long.
      if (answered || allTried) {
        subscriptions.releaseAll();
      }
      // Other addresses are tried at once, so that one dead server of several costs nothing.
      boolean tryNextAtOnce = !answered && !allTried;
      loop.schedule(Session.this::connect, tryNextAtOnce ? 0 : backoff.nextNanos());
    }
  }

  private String joined() {
    List<String> all = new ArrayList<>();
    for (ServerAddress server : servers) {
      all.add(server.toString());
    }
    return String.join(", ", all);
  }
}
