package dev.weft.engine.routing;

import java.util.Locale;
import java.util.concurrent.ConcurrentHashMap;

/**
 * From the authority and port of a request to the name of its route table, {@code host:port} in
 * lower case. Remembers a bounded number of names, so that the usual request makes no string.
 */
public final class TableNames {

  private static final int LIMIT = 4096;

  private static final class Entry {
    final int port;
    final String name;

    Entry(int port, String name) {
      this.port = port;
      this.name = name;
    }
  }

  private final ConcurrentHashMap<String, Entry> names = new ConcurrentHashMap<>();

  /**
   * @param authority with or without a port of its own, which does not count
   */
  public String of(String authority, int port) {
    Entry known = names.get(authority);
    if (known != null && known.port == port) {
      return known.name;
    }
    String name = host(authority).toLowerCase(Locale.ROOT) + ":" + port;
    if (names.size() >= LIMIT) {
      // An application that calls ever new hosts pays for a new string each time, not with memory.
      names.clear();
    }
    names.put(authority, new Entry(port, name));
    return name;
  }

  /** The host of an authority: without port, and without the dot of a fully qualified name. */
  public static String host(String authority) {
    int end = authority.length();
    int colon = authority.lastIndexOf(':');
    if (colon >= 0 && authority.indexOf(']', colon) < 0) {
      end = colon;
    }
    if (end > 1 && authority.charAt(end - 1) == '.') {
      end--;
    }
    return authority.substring(0, end);
  }
}
