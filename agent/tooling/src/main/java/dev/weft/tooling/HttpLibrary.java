package dev.weft.tooling;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** An HTTP library that people know by name, whether there is an adapter for it or not. */
final class HttpLibrary {

  private static final String CATALOGUE = "http-libraries.txt";

  /** {@code client} or {@code server}. */
  final String side;

  final String title;

  /** Internal name of a class that is loaded when the library is used. */
  final String marker;

  /** How the binary names of the types begin that an adapter for it hooks. */
  private final List<String> hooked;

  private HttpLibrary(String side, String title, String marker, List<String> hooked) {
    this.side = side;
    this.title = title;
    this.marker = marker;
    this.hooked = hooked;
  }

  /** Whether an adapter that hooks {@code type} governs the library. */
  boolean hasHooked(String type) {
    for (String beginning : hooked) {
      if (type.startsWith(beginning)) {
        return true;
      }
    }
    return false;
  }

  /**
   * All of them.
   *
   * @throws IllegalStateException when the list cannot be read: the jar is broken
   */
  static List<HttpLibrary> catalogue() {
    List<HttpLibrary> all = new ArrayList<>(64);
    try (InputStream in = HttpLibrary.class.getResourceAsStream(CATALOGUE)) {
      if (in == null) {
        throw new IOException("it is not there");
      }
      BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        if (!line.isEmpty() && line.charAt(0) != '#') {
          all.add(parse(line));
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException(CATALOGUE + " cannot be read: " + e.getMessage(), e);
    }
    return all;
  }

  /** One line of the list. */
  static HttpLibrary parse(String line) throws IOException {
    String[] parts = line.split(";", -1);
    if (parts.length != 4) {
      throw new IOException("line: " + line + " (expected: side ; title ; class ; hooked types)");
    }
    List<String> hooked = new ArrayList<>(2);
    for (String beginning : parts[3].split(",", -1)) {
      if (!beginning.trim().equals("-")) {
        hooked.add(beginning.trim());
      }
    }
    String marker = parts[2].trim().replace('.', '/');
    return new HttpLibrary(parts[0].trim(), parts[1].trim(), marker, hooked);
  }
}
