package dev.weft.control.store;

import dev.weft.control.core.StoredToken;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The statements about tokens; each method is one transaction of its caller. */
final class TokenTable {

  static final List<String> SCHEMA =
      List.of(
          "CREATE TABLE IF NOT EXISTS token (id VARCHAR PRIMARY KEY, type VARCHAR NOT NULL,"
              + " salt VARCHAR NOT NULL, hash VARCHAR NOT NULL, namespace VARCHAR NOT NULL,"
              + " account VARCHAR NOT NULL, pin VARCHAR NOT NULL, created BIGINT NOT NULL,"
              + " expires BIGINT, uses INT NOT NULL, used INT NOT NULL, revoked BIGINT)",
          "CREATE TABLE IF NOT EXISTS token_use (id VARCHAR NOT NULL, used_for VARCHAR NOT NULL,"
              + " PRIMARY KEY (id, used_for))");

  private static final String SELECT =
      "SELECT id, type, salt, hash, namespace, account, pin, created, expires, uses, used, revoked"
          + " FROM token";

  private TokenTable() {}

  static List<StoredToken> all(Connection connection) throws SQLException {
    List<StoredToken> tokens = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(SELECT);
        ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        tokens.add(token(rows));
      }
    }
    return tokens;
  }

  static int add(Connection connection, StoredToken token) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "INSERT INTO token (id, type, salt, hash, namespace, account, pin, created, expires,"
                + " uses, used, revoked) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
      statement.setString(1, token.id());
      statement.setString(2, token.type().name());
      statement.setString(3, token.salt());
      statement.setString(4, token.hash());
      statement.setString(5, token.namespace());
      statement.setString(6, token.serviceAccount());
      statement.setString(7, token.pin());
      statement.setLong(8, token.created().toEpochMilli());
      setTime(statement, 9, token.expires());
      statement.setInt(10, token.uses());
      statement.setInt(11, token.used());
      setTime(statement, 12, token.revoked());
      return statement.executeUpdate();
    }
  }

  static Optional<StoredToken> use(Connection connection, String id, String usedFor)
      throws SQLException {
    Optional<StoredToken> token = one(connection, id);
    if (token.isEmpty()) {
      return token;
    }
    boolean limited = token.get().uses() > 0;
    if (limited && isUsedFor(connection, id, usedFor)) {
      return token;
    }
    if (token.get().isUsedUp()) {
      return Optional.empty();
    }
    if (limited) {
      update(connection, "INSERT INTO token_use (id, used_for) VALUES (?, ?)", id, usedFor);
    }
    update(connection, "UPDATE token SET used = used + 1 WHERE id = ?", id);
    return one(connection, id);
  }

  static int revoke(Connection connection, String id, Instant at) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "UPDATE token SET revoked = ? WHERE id = ? AND revoked IS NULL")) {
      statement.setLong(1, at.toEpochMilli());
      statement.setString(2, id);
      return statement.executeUpdate();
    }
  }

  static int forget(Connection connection, Instant time) throws SQLException {
    try (PreparedStatement uses =
            connection.prepareStatement(
                "DELETE FROM token_use WHERE id IN (SELECT id FROM token WHERE expires < ?)");
        PreparedStatement tokens =
            connection.prepareStatement("DELETE FROM token WHERE expires < ?")) {
      uses.setLong(1, time.toEpochMilli());
      uses.executeUpdate();
      tokens.setLong(1, time.toEpochMilli());
      return tokens.executeUpdate();
    }
  }

  private static Optional<StoredToken> one(Connection connection, String id) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(SELECT + " WHERE id = ?")) {
      statement.setString(1, id);
      try (ResultSet rows = statement.executeQuery()) {
        return rows.next() ? Optional.of(token(rows)) : Optional.empty();
      }
    }
  }

  private static boolean isUsedFor(Connection connection, String id, String usedFor)
      throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT 1 FROM token_use WHERE id = ? AND used_for = ?")) {
      statement.setString(1, id);
      statement.setString(2, usedFor);
      try (ResultSet rows = statement.executeQuery()) {
        return rows.next();
      }
    }
  }

  private static void update(Connection connection, String sql, String... values)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        statement.setString(i + 1, values[i]);
      }
      statement.executeUpdate();
    }
  }

  private static void setTime(PreparedStatement statement, int index, @Nullable Instant time)
      throws SQLException {
    if (time == null) {
      statement.setNull(index, Types.BIGINT);
    } else {
      statement.setLong(index, time.toEpochMilli());
    }
  }

  private static @Nullable Instant time(ResultSet row, String column) throws SQLException {
    long millis = row.getLong(column);
    return row.wasNull() ? null : Instant.ofEpochMilli(millis);
  }

  private static StoredToken token(ResultSet row) throws SQLException {
    return new StoredToken(
        row.getString("id"),
        StoredToken.Type.valueOf(row.getString("type")),
        row.getString("salt"),
        row.getString("hash"),
        row.getString("namespace"),
        row.getString("account"),
        row.getString("pin"),
        Instant.ofEpochMilli(row.getLong("created")),
        time(row, "expires"),
        row.getInt("uses"),
        row.getInt("used"),
        time(row, "revoked"));
  }
}
