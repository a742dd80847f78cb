package dev.weft.control.store;

import static java.util.Objects.requireNonNull;

import dev.weft.control.core.InstanceStore;
import dev.weft.control.core.Refused;
import dev.weft.control.core.Resource;
import dev.weft.control.core.ResourceKey;
import dev.weft.control.core.ResourceStore;
import dev.weft.control.core.StoredToken;
import dev.weft.control.core.TokenStore;
import dev.weft.model.Registration;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * The embedded store: an H2 file that has every commit, and a copy in memory that answers all
 * reads. One process writes it at a time; a second one is refused when it opens the file.
 *
 * <p>Locks: {@code writing} is held through a commit and guards the database; {@code this} guards
 * the change log in memory and is taken inside it, for moments only.
 */
public final class H2Store implements ResourceStore, InstanceStore, TokenStore {

  /** How many changes a watcher may be behind before it has to list again. */
  static final int LOG_LENGTH = 4096;

  private final Database database;
  private final Object writing = new Object();
  private final Deque<Change> log = new ArrayDeque<>();
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private volatile Snapshot snapshot;
  private long logStart;

  private H2Store(Database database) throws SQLException {
    this.database = requireNonNull(database, "database");
    this.snapshot = new Snapshot(database.revision(), database.resources());
    this.log.addAll(database.changes());
    this.logStart = database.logStart();
  }

  /**
   * Opens the store in {@code directory}, which is made when it is missing.
   *
   * @throws StoreException when another process has it open, or the file cannot be used
   */
  public static H2Store open(Path directory) {
    Database database = Database.open(directory);
    try {
      return new H2Store(database);
    } catch (SQLException e) {
      database.close();
      throw new StoreException(
          "data directory " + directory + ": the store in it cannot be read: " + e.getMessage(), e);
    }
  }

  @Override
  public Snapshot snapshot() {
    return snapshot;
  }

  @Override
  public <T> T write(Work<T> work) throws Refused {
    T result;
    synchronized (writing) {
      Commit commit = new Commit(snapshot);
      result = work.run(commit);
      if (commit.rolledBack || commit.changes.isEmpty()) {
        return result;
      }
      try {
        database.commit(commit.changes, commit.revision, LOG_LENGTH);
      } catch (SQLException e) {
        throw new StoreException("the change could not be stored: " + e.getMessage(), e);
      }
      publish(commit);
    }
    listeners.forEach(Runnable::run);
    return result;
  }

  private synchronized void publish(Commit commit) {
    snapshot = commit.snapshot();
    log.addAll(commit.changes);
    while (log.size() > LOG_LENGTH) {
      logStart = log.removeFirst().revision();
    }
  }

  @Override
  public synchronized List<Change> changesAfter(long revision) throws Refused {
    if (revision < logStart || revision > snapshot.revision()) {
      throw new Refused(
          Refused.Reason.GONE,
          "resourceVersion "
              + revision
              + " (expected: "
              + logStart
              + " to "
              + snapshot.revision()
              + "): too old or unknown, list again");
    }
    List<Change> after = new ArrayList<>();
    for (Change change : log) {
      if (change.revision() > revision) {
        after.add(change);
      }
    }
    return after;
  }

  @Override
  public Subscription onChange(Runnable listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  @Override
  public List<Resource> heldBack() {
    synchronized (writing) {
      try {
        return database.heldBack();
      } catch (SQLException e) {
        throw new StoreException("last good versions could not be read: " + e.getMessage(), e);
      }
    }
  }

  @Override
  public void holdBack(Collection<Resource> lastGood) {
    synchronized (writing) {
      try {
        database.replaceHeldBack(lastGood);
      } catch (SQLException e) {
        throw new StoreException("last good versions could not be stored: " + e.getMessage(), e);
      }
    }
  }

  @Override
  public List<Registration> savedInstances() {
    synchronized (writing) {
      try {
        return database.instances();
      } catch (SQLException e) {
        throw new StoreException("saved instances could not be read: " + e.getMessage(), e);
      }
    }
  }

  @Override
  public List<StoredToken> tokens() {
    return tokens("tokens could not be read", TokenTable::all);
  }

  @Override
  public void addToken(StoredToken token) {
    tokens("token " + token.id() + " could not be stored", rows -> TokenTable.add(rows, token));
  }

  @Override
  public @Nullable StoredToken useToken(String id, String usedFor) {
    return tokens(
            "the use of token " + id + " could not be counted",
            rows -> TokenTable.use(rows, id, usedFor))
        .orElse(null);
  }

  @Override
  public void revokeToken(String id, Instant at) {
    tokens("token " + id + " could not be revoked", rows -> TokenTable.revoke(rows, id, at));
  }

  @Override
  public void forgetTokens(Instant time) {
    tokens("old tokens could not be forgotten", rows -> TokenTable.forget(rows, time));
  }

  private <T> T tokens(String failure, Database.Statements<T> statements) {
    synchronized (writing) {
      try {
        return database.inTransaction(statements);
      } catch (SQLException e) {
        throw new StoreException(failure + ": " + e.getMessage(), e);
      }
    }
  }

  @Override
  public void saveInstance(Registration instance) {
    synchronized (writing) {
      try {
        database.saveInstance(instance);
      } catch (SQLException e) {
        throw new StoreException(
            "instance " + instance.instanceId() + " could not be stored: " + e.getMessage(), e);
      }
    }
  }

  @Override
  public void forgetInstance(String instanceId) {
    synchronized (writing) {
      try {
        database.forgetInstance(instanceId);
      } catch (SQLException e) {
        throw new StoreException(
            "instance " + instanceId + " could not be forgotten: " + e.getMessage(), e);
      }
    }
  }

  @Override
  public void close() {
    synchronized (writing) {
      database.close();
    }
  }

  /** The writes of one commit, on top of the state before it. */
  private static final class Commit implements Transaction {
    private final NavigableMap<ResourceKey, Resource> resources = new TreeMap<>();
    private final List<Change> changes = new ArrayList<>();
    private long revision;
    private boolean rolledBack;

    Commit(Snapshot before) {
      before.all().forEach(resource -> resources.put(resource.key(), resource));
      revision = before.revision();
    }

    @Override
    public @Nullable Resource get(ResourceKey key) {
      return resources.get(key);
    }

    @Override
    public Snapshot snapshot() {
      return new Snapshot(revision, resources);
    }

    @Override
    public long nextRevision() {
      return ++revision;
    }

    @Override
    public void put(Resource resource) {
      Resource before = resources.put(resource.key(), resource);
      changes.add(new Change(before == null ? Change.Type.ADDED : Change.Type.MODIFIED, resource));
    }

    @Override
    public void delete(Resource last) {
      resources.remove(last.key());
      changes.add(new Change(Change.Type.DELETED, last));
    }

    @Override
    public void rollBack() {
      rolledBack = true;
    }
  }
}
