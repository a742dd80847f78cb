package dev.weft.control.registry;

import static java.util.Objects.requireNonNull;

import dev.weft.control.core.InstanceRegistry;
import dev.weft.control.core.InstanceStore;
import dev.weft.model.Registration;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Instances on leases. An instance that says goodbye is gone at once; one whose stream broke stays
 * for a grace period. What happens when many break at once is in RATIONALE.md: the control server
 * is then the likelier patient, and at most half of a service is dropped.
 *
 * <p>Thread-safe. Listeners run outside the lock, after the change, on the changing thread.
 */
public final class LeasedRegistry implements InstanceRegistry {

  private static final Logger LOG = LoggerFactory.getLogger(LeasedRegistry.class);

  private final Settings settings;
  private final Scheduler scheduler;
  private final InstanceStore store;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private final Map<String, Entry> entries = new TreeMap<>();
  private final Map<String, Wave> waves = new HashMap<>();
  private volatile List<Registration> snapshot = List.of();
  private int live;

  /**
   * How patient the registry is.
   *
   * @param grace how long an instance stays after its stream broke
   * @param restartGrace how long instances have to come back after the server itself was away; more
   *     than the longest back-off of an agent
   * @param longestHold how long an instance is kept only because too many were lost with it
   */
  public record Settings(Duration grace, Duration restartGrace, Duration longestHold) {
    public static final Settings DEFAULTS =
        new Settings(Duration.ofSeconds(10), Duration.ofSeconds(60), Duration.ofMinutes(5));
  }

  /** Takes over what {@code store} remembers of the time before; those instances count as lost. */
  public LeasedRegistry(Settings settings, Scheduler scheduler, InstanceStore store) {
    this.settings = requireNonNull(settings, "settings");
    this.scheduler = requireNonNull(scheduler, "scheduler");
    this.store = requireNonNull(store, "store");
    synchronized (entries) {
      for (Registration registration : store.savedInstances()) {
        Entry entry = new Entry(registration);
        entries.put(registration.instanceId(), entry);
      }
      for (Entry entry : entries.values()) {
        markLost(entry, settings.restartGrace());
      }
      snapshot = copy();
    }
  }

  @Override
  public Lease register(Registration registration) {
    requireNonNull(registration, "registration");
    Entry entry = new Entry(registration);
    boolean changed;
    synchronized (entries) {
      Entry before = entries.put(registration.instanceId(), entry);
      if (before != null && before.lostAt == null) {
        live--;
      }
      if (live++ == 0) {
        theServerIsBack();
      }
      boolean replaced = dropPredecessors(registration);
      endWaveWhenOver(registration);
      changed = replaced || before == null || !before.registration.equals(registration);
      if (changed) {
        store.saveInstance(registration);
        snapshot = copy();
      }
    }
    if (changed) {
      notifyListeners();
    }
    return new EntryLease(entry);
  }

  @Override
  public List<Registration> instances() {
    return snapshot;
  }

  @Override
  public void onChange(Runnable listener) {
    listeners.add(requireNonNull(listener, "listener"));
  }

  /** Nobody could be heard for a while: who is still missing gets a new chance to come back. */
  private void theServerIsBack() {
    long now = scheduler.nanoTime();
    boolean any = false;
    for (Entry entry : entries.values()) {
      if (entry.lostAt != null) {
        entry.lostAt = now;
        entry.deadline = now + settings.restartGrace().toNanos();
        any = true;
      }
    }
    if (any) {
      scheduler.after(settings.restartGrace(), this::sweep);
    }
  }

  /** A process that listens where a lost one did is the lost one, started again. */
  private boolean dropPredecessors(Registration registration) {
    List<Entry> gone = new ArrayList<>();
    for (Entry entry : entries.values()) {
      Registration other = entry.registration;
      if (entry.lostAt != null
          && other.address().equals(registration.address())
          && other.ports().stream()
              .anyMatch(
                  port ->
                      registration.ports().stream()
                          .anyMatch(own -> own.number() == port.number()))) {
        gone.add(entry);
      }
    }
    gone.forEach(this::remove);
    return !gone.isEmpty();
  }

  private void markLost(Entry entry, Duration grace) {
    long now = scheduler.nanoTime();
    entry.lostAt = now;
    entry.deadline = now + grace.toNanos();
    String service = serviceOf(entry.registration);
    waves.computeIfAbsent(service, name -> new Wave(members(name).size()));
    scheduler.after(grace, this::sweep);
  }

  /** Drops whose time is up, service by service, within the limit of the wave they were lost in. */
  private void sweep() {
    boolean changed = false;
    synchronized (entries) {
      if (live == 0) {
        return; // Nobody is heard: it is this server that is cut off. See theServerIsBack.
      }
      long now = scheduler.nanoTime();
      for (Map.Entry<String, Wave> each : List.copyOf(waves.entrySet())) {
        changed |= sweep(each.getKey(), each.getValue(), now);
      }
      if (changed) {
        snapshot = copy();
      }
    }
    if (changed) {
      notifyListeners();
    }
  }

  private boolean sweep(String service, Wave wave, long now) {
    List<Entry> overdue =
        members(service).stream()
            .filter(entry -> entry.lostAt != null && entry.deadline - now <= 0)
            .sorted(Comparator.comparing(entry -> requireNonNull(entry.lostAt)))
            .toList();
    boolean changed = false;
    for (Entry entry : overdue) {
      long heldFor = now - requireNonNull(entry.lostAt);
      if (wave.dropped < wave.allowed() || heldFor >= settings.longestHold().toNanos()) {
        LOG.info("{} of {} is gone: its stream broke", entry.registration.instanceId(), service);
        wave.dropped++;
        remove(entry);
        changed = true;
      } else {
        Duration rest = settings.longestHold().minusNanos(heldFor);
        LOG.warn(
            "{} of {} is kept for {} s more although its stream broke: too many were lost at once",
            entry.registration.instanceId(),
            service,
            rest.toSeconds());
        entry.deadline = now + rest.toNanos();
        scheduler.after(rest, this::sweep);
      }
    }
    endWaveWhenOver(service);
    return changed;
  }

  private void remove(Entry entry) {
    if (entries.remove(entry.registration.instanceId(), entry)) {
      store.forgetInstance(entry.registration.instanceId());
      endWaveWhenOver(entry.registration);
    }
  }

  private void endWaveWhenOver(Registration registration) {
    endWaveWhenOver(serviceOf(registration));
  }

  private void endWaveWhenOver(String service) {
    if (members(service).stream().noneMatch(entry -> entry.lostAt != null)) {
      waves.remove(service);
    }
  }

  private List<Entry> members(String service) {
    return entries.values().stream()
        .filter(entry -> serviceOf(entry.registration).equals(service))
        .toList();
  }

  private static String serviceOf(Registration registration) {
    return registration.namespace() + "/" + registration.service();
  }

  private List<Registration> copy() {
    return entries.values().stream().map(entry -> entry.registration).toList();
  }

  private void notifyListeners() {
    listeners.forEach(Runnable::run);
  }

  /** What was lost of one service since all of it was there. */
  private static final class Wave {
    private final int size;
    private int dropped;

    Wave(int size) {
      this.size = size;
    }

    /** Half of the service; one of one, because a single loss says nothing about the server. */
    int allowed() {
      return Math.max(1, size / 2);
    }
  }

  /** Guarded by the lock of the registry. */
  private static final class Entry {
    private Registration registration;
    private @Nullable Long lostAt;
    private long deadline;

    Entry(Registration registration) {
      this.registration = registration;
    }
  }

  private final class EntryLease implements Lease {
    private final Entry entry;

    EntryLease(Entry entry) {
      this.entry = entry;
    }

    private boolean isOver() {
      return entries.get(entry.registration.instanceId()) != entry || entry.lostAt != null;
    }

    @Override
    public void update(Registration registration) {
      requireNonNull(registration, "registration");
      synchronized (entries) {
        if (isOver()
            || !registration.instanceId().equals(entry.registration.instanceId())
            || registration.equals(entry.registration)) {
          return;
        }
        entry.registration = registration;
        dropPredecessors(registration);
        store.saveInstance(registration);
        snapshot = copy();
      }
      notifyListeners();
    }

    @Override
    public void release() {
      synchronized (entries) {
        if (isOver()) {
          return;
        }
        live--;
        remove(entry);
        snapshot = copy();
      }
      notifyListeners();
    }

    @Override
    public void lost() {
      synchronized (entries) {
        if (isOver()) {
          return;
        }
        live--;
        markLost(entry, settings.grace());
      }
    }
  }
}
