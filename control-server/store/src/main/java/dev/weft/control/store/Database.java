package dev.weft.control.store;

import static java.util.Objects.requireNonNull;

import dev.weft.control.core.Kind;
import dev.weft.control.core.Resource;
import dev.weft.control.core.ResourceKey;
import dev.weft.control.core.ResourceStore.Change;
import dev.weft.model.Registration;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.h2.api.ErrorCode;
import org.h2.jdbcx.JdbcDataSource;
import org.jspecify.annotations.Nullable;

/** The tables and the statements. Not thread-safe: its owner lets one caller in at a time. */
final class Database implements AutoCloseable {

  private static final String COLUMNS =
      "grp, kind, namespace, name, body, uid, created, generation, version";

  private static final List<String> SCHEMA =
      List.of(
          "CREATE TABLE IF NOT EXISTS counter (name VARCHAR PRIMARY KEY, val BIGINT NOT NULL)",
          table("resource", "PRIMARY KEY (grp, kind, namespace, name)"),
          table("held_back", "PRIMARY KEY (grp, kind, namespace, name)"),
          table("change_log", "type VARCHAR NOT NULL, PRIMARY KEY (version)"),
          "CREATE TABLE IF NOT EXISTS instance"
              + " (id VARCHAR PRIMARY KEY, registration VARCHAR NOT NULL)");

  private final Connection connection;

  private Database(Connection connection) {
    this.connection = requireNonNull(connection, "connection");
  }

  private static String table(String name, String rest) {
    return "CREATE TABLE IF NOT EXISTS "
        + name
        + " (grp VARCHAR NOT NULL, kind VARCHAR NOT NULL, namespace VARCHAR NOT NULL,"
        + " name VARCHAR NOT NULL, body CLOB NOT NULL, uid VARCHAR NOT NULL,"
        + " created BIGINT NOT NULL, generation BIGINT NOT NULL, version BIGINT NOT NULL, "
        + rest
        + ")";
  }

  static Database open(Path directory) {
    Path file = directory.toAbsolutePath().resolve("weft");
    try {
      Files.createDirectories(file.getParent());
      if (!Files.isWritable(file.getParent())) {
        throw new AccessDeniedException(directory.toString());
      }
    } catch (IOException e) {
      throw new StoreException(
          "data directory " + directory + " (expected: a directory that may be written): " + e, e);
    }
    JdbcDataSource source = new JdbcDataSource();
    // Without WRITE_DELAY=0 H2 returns from a commit up to half a second before it writes it.
    source.setURL(
        "jdbc:h2:file:" + file + ";WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE;TRACE_LEVEL_FILE=0");
    source.setUser("weft");
    try {
      Connection connection = source.getConnection();
      connection.setAutoCommit(false);
      try (Statement statement = connection.createStatement()) {
        for (String sql : SCHEMA) {
          statement.execute(sql);
        }
        for (String sql : TokenTable.SCHEMA) {
          statement.execute(sql);
        }
      }
      connection.commit();
      return new Database(connection);
    } catch (SQLException e) {
      if (e.getErrorCode() == ErrorCode.DATABASE_ALREADY_OPEN_1) {
        throw new StoreException(
            "data directory "
                + directory
                + ": another control server has it open (hint: stop it, or give this one its own"
                + " --data-dir)",
            e);
      }
      throw new StoreException(
          "data directory " + directory + ": the store in it cannot be opened: " + e.getMessage(),
          e);
    }
  }

  long revision() throws SQLException {
    return counter("revision");
  }

  /** The highest revision that the change log has forgotten. */
  long logStart() throws SQLException {
    return counter("log_start");
  }

  NavigableMap<ResourceKey, Resource> resources() throws SQLException {
    NavigableMap<ResourceKey, Resource> resources = new TreeMap<>();
    for (Resource resource : read("SELECT " + COLUMNS + " FROM resource")) {
      resources.put(resource.key(), resource);
    }
    return resources;
  }

  List<Resource> heldBack() throws SQLException {
    return read("SELECT " + COLUMNS + " FROM held_back");
  }

  List<Change> changes() throws SQLException {
    List<Change> changes = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT " + COLUMNS + ", type FROM change_log ORDER BY version")) {
      while (rows.next()) {
        Resource resource = resource(rows);
        if (resource != null) {
          changes.add(new Change(Change.Type.valueOf(rows.getString("type")), resource));
        }
      }
    }
    return changes;
  }

  /** Commits the changes, and trims the log to about {@code logLength}. Durable on return. */
  void commit(List<Change> changes, long revision, int logLength) throws SQLException {
    try {
      for (Change change : changes) {
        Resource resource = change.resource();
        if (change.type() == Change.Type.DELETED) {
          delete(resource.key());
        } else {
          insert(
              "MERGE INTO resource (" + COLUMNS + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
              resource,
              null);
        }
        insert(
            "INSERT INTO change_log (" + COLUMNS + ", type) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            resource,
            change.type().name());
      }
      setCounter("revision", revision);
      if (revision % 256 < changes.size()) {
        trimLog(revision - logLength);
      }
      commitToDisk();
    } catch (SQLException e) {
      connection.rollback();
      throw e;
    }
  }

  private void commitToDisk() throws SQLException {
    connection.commit();
    // To the disk itself, not only to the operating system: power may fail too.
    try (Statement statement = connection.createStatement()) {
      statement.execute("CHECKPOINT SYNC");
    }
  }

  /** Something to be done in one transaction. */
  interface Statements<T> {
    T run(Connection connection) throws SQLException;
  }

  /** Runs {@code statements} and commits them, or nothing of them. Durable on return. */
  <T> T inTransaction(Statements<T> statements) throws SQLException {
    try {
      T result = statements.run(connection);
      commitToDisk();
      return result;
    } catch (SQLException e) {
      connection.rollback();
      throw e;
    }
  }

  void replaceHeldBack(Collection<Resource> lastGood) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("DELETE FROM held_back");
    }
    for (Resource resource : lastGood) {
      insert(
          "INSERT INTO held_back (" + COLUMNS + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
          resource,
          null);
    }
    connection.commit();
  }

  List<Registration> instances() throws SQLException {
    List<Registration> instances = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT registration FROM instance ORDER BY id")) {
      while (rows.next()) {
        instances.add(Json.readInstance(rows.getString(1)));
      }
    }
    return instances;
  }

  void saveInstance(Registration instance) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("MERGE INTO instance (id, registration) VALUES (?, ?)")) {
      statement.setString(1, instance.instanceId());
      statement.setString(2, Json.writeInstance(instance));
      statement.executeUpdate();
    }
    connection.commit();
  }

  void forgetInstance(String instanceId) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("DELETE FROM instance WHERE id = ?")) {
      statement.setString(1, instanceId);
      statement.executeUpdate();
    }
    connection.commit();
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      throw new StoreException("the store could not be closed: " + e.getMessage(), e);
    }
  }

  private void trimLog(long upTo) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("DELETE FROM change_log WHERE version <= ?")) {
      statement.setLong(1, upTo);
      if (statement.executeUpdate() > 0) {
        setCounter("log_start", upTo);
      }
    }
  }

  private void delete(ResourceKey key) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "DELETE FROM resource WHERE grp = ? AND kind = ? AND namespace = ? AND name = ?")) {
      statement.setString(1, key.kind().group());
      statement.setString(2, key.kind().name());
      statement.setString(3, key.namespace());
      statement.setString(4, key.name());
      statement.executeUpdate();
    }
  }

  private void insert(String sql, Resource resource, @Nullable String type) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, resource.key().kind().group());
      statement.setString(2, resource.key().kind().name());
      statement.setString(3, resource.key().namespace());
      statement.setString(4, resource.key().name());
      statement.setString(5, Json.write(resource.body()));
      statement.setString(6, resource.uid());
      statement.setLong(7, resource.created().toEpochMilli());
      statement.setLong(8, resource.generation());
      statement.setLong(9, resource.version());
      if (type != null) {
        statement.setString(10, type);
      }
      statement.executeUpdate();
    }
  }

  private List<Resource> read(String sql) throws SQLException {
    List<Resource> resources = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        Resource resource = resource(rows);
        if (resource != null) {
          resources.add(resource);
        }
      }
    }
    return resources;
  }

  /** Null for a kind that this version of the server does not know; its row stays as it is. */
  private static @Nullable Resource resource(ResultSet row) throws SQLException {
    String group = row.getString("grp");
    String name = row.getString("kind");
    for (Kind kind : Kind.all()) {
      if (kind.group().equals(group) && kind.name().equals(name)) {
        return new Resource(
            new ResourceKey(kind, row.getString("namespace"), row.getString("name")),
            Json.read(row.getString("body")),
            row.getString("uid"),
            Instant.ofEpochMilli(row.getLong("created")),
            row.getLong("generation"),
            row.getLong("version"));
      }
    }
    return null;
  }

  private long counter(String name) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT val FROM counter WHERE name = ?")) {
      statement.setString(1, name);
      try (ResultSet rows = statement.executeQuery()) {
        return rows.next() ? rows.getLong(1) : 0;
      }
    }
  }

  private void setCounter(String name, long value) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("MERGE INTO counter (name, val) VALUES (?, ?)")) {
      statement.setString(1, name);
      statement.setLong(2, value);
      statement.executeUpdate();
    }
  }
}
