package dev.weft.engine.authorization;

import dev.weft.model.InboundPolicy.PathNormalization;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that a server, or a framework on it, may take a path for: as it came, percent-decoded,
 * without {@code ;parameters}, with slashes merged and dot segments resolved, and what the policy's
 * own normalisation makes of it. A plain path has one view.
 */
public final class PathViews {

  /** Who decodes more often than that has a path that nobody sends in good faith. */
  private static final int MAX_DECODINGS = 3;

  private final List<String> views = new ArrayList<>(8);

  private PathViews() {}

  /**
   * The different views of a path; null where it is malformed: bad percent escapes, control
   * characters, a fragment, encoded more than three times.
   *
   * @param path without query
   * @param dispatchPath what the server itself says that it goes by; null when it does not
   */
  public static @Nullable List<String> of(
      String path, @Nullable String dispatchPath, PathNormalization normalization) {
    if (isPlain(path)) {
      return dispatchPath == null || dispatchPath.equals(path)
          ? Collections.singletonList(path)
          : Arrays.asList(path, dispatchPath);
    }
    if (hasControls(path) || path.indexOf('#') >= 0) {
      return null;
    }
    PathViews collected = new PathViews();
    collected.add(Normalizer.normalize(path, normalization));
    if (!collected.addDecodings(path)
        || (path.indexOf(';') >= 0 && !collected.addDecodings(withoutParameters(path)))) {
      return null;
    }
    if (dispatchPath != null) {
      collected.add(dispatchPath);
    }
    return collected.views;
  }

  /** Whether everybody understands {@code path} in one way. */
  static boolean isPlain(String path) {
    char last = 0;
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      if (c == '%' || c == ';' || c == '\\' || c == '#' || c <= ' ' || c >= 0x7f) {
        return false;
      }
      if (last == '/' && (c == '/' || c == '.')) {
        return false;
      }
      last = c;
    }
    return true;
  }

  /** What {@code path} is when it is decoded never, once, and so on, each in its variants. */
  private boolean addDecodings(String path) {
    String current = path;
    for (int i = 0; i <= MAX_DECODINGS; i++) {
      addVariants(current);
      if (current.indexOf('%') < 0) {
        return true;
      }
      byte[] bytes = decode(current);
      if (bytes == null) {
        // After one decoding a percent sign may be a percent sign.
        return i > 0;
      }
      String text = utf8(bytes);
      if (text == null) {
        text = new String(bytes, StandardCharsets.ISO_8859_1);
      }
      if (i == 0 && hasControls(text)) {
        return false;
      }
      if (text.equals(current)) {
        return true;
      }
      current = text;
    }
    return false;
  }

  private void addVariants(String path) {
    addCleaned(path);
    if (path.indexOf(';') >= 0) {
      addCleaned(withoutParameters(path));
    }
  }

  private void addCleaned(String path) {
    add(path);
    add(Normalizer.withoutDots(path));
    // Some merge slashes and leave backslashes alone.
    add(Normalizer.withoutDots(Normalizer.mergeSlashes(path)));
    String slashes = path.replace('\\', '/');
    add(slashes);
    String merged = Normalizer.mergeSlashes(slashes);
    add(merged);
    add(Normalizer.withoutDots(slashes));
    add(Normalizer.withoutDots(merged));
  }

  private void add(String view) {
    if (!views.contains(view)) {
      views.add(view);
    }
  }

  /** Removes everything from a {@code ;} to the next slash. */
  static String withoutParameters(String path) {
    StringBuilder kept = new StringBuilder(path.length());
    boolean inside = false;
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      inside = c == ';' || (inside && c != '/');
      if (!inside) {
        kept.append(c);
      }
    }
    return kept.toString();
  }

  /** Percent-decoded once; null where an escape is malformed. */
  static @Nullable String decodeOnce(String text) {
    byte[] bytes = decode(text);
    if (bytes == null) {
      return null;
    }
    String decoded = utf8(bytes);
    return decoded == null ? new String(bytes, StandardCharsets.ISO_8859_1) : decoded;
  }

  private static byte @Nullable [] decode(String text) {
    byte[] raw = text.getBytes(StandardCharsets.UTF_8);
    int length = 0;
    for (int i = 0; i < raw.length; i++) {
      byte b = raw[i];
      if (b == '%') {
        if (i + 2 >= raw.length) {
          return null;
        }
        int high = Character.digit((char) raw[i + 1], 16);
        int low = Character.digit((char) raw[i + 2], 16);
        if (high < 0 || low < 0) {
          return null;
        }
        b = (byte) (high << 4 | low);
        i += 2;
      }
      raw[length++] = b;
    }
    return Arrays.copyOf(raw, length);
  }

  private static @Nullable String utf8(byte[] bytes) {
    CharsetDecoder strict =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    try {
      return strict.decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }

  private static boolean hasControls(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < ' ' || c == 0x7f) {
        return true;
      }
    }
    return false;
  }

  /** The steps of normalisation. */
  static final class Normalizer {

    private Normalizer() {}

    /** As Istio's {@code meshConfig.pathNormalization} says. */
    static String normalize(String path, PathNormalization how) {
      switch (how) {
        case NONE:
          return path;
        case BASE:
          return base(path);
        case MERGE_SLASHES:
          return mergeSlashes(base(path));
        default:
          return mergeSlashes(base(decodeSlashes(path)));
      }
    }

    private static String base(String path) {
      return withoutDots(decodeUnreserved(path).replace('\\', '/'));
    }

    private static String decodeSlashes(String path) {
      return path.replace("%2F", "/").replace("%2f", "/").replace("%5C", "\\").replace("%5c", "\\");
    }

    /** Letters, digits and {@code -._~} mean the same encoded, says RFC 3986. */
    private static String decodeUnreserved(String path) {
      if (path.indexOf('%') < 0) {
        return path;
      }
      StringBuilder decoded = new StringBuilder(path.length());
      for (int i = 0; i < path.length(); i++) {
        char c = path.charAt(i);
        if (c == '%' && i + 2 < path.length()) {
          int high = Character.digit(path.charAt(i + 1), 16);
          int low = Character.digit(path.charAt(i + 2), 16);
          char plain = (char) (high << 4 | low);
          if (high >= 0 && low >= 0 && isUnreserved(plain)) {
            decoded.append(plain);
            i += 2;
            continue;
          }
        }
        decoded.append(c);
      }
      return decoded.toString();
    }

    private static boolean isUnreserved(char c) {
      return (c >= 'a' && c <= 'z')
          || (c >= 'A' && c <= 'Z')
          || (c >= '0' && c <= '9')
          || c == '-'
          || c == '.'
          || c == '_'
          || c == '~';
    }

    static String mergeSlashes(String path) {
      if (!path.contains("//")) {
        return path;
      }
      StringBuilder merged = new StringBuilder(path.length());
      for (int i = 0; i < path.length(); i++) {
        char c = path.charAt(i);
        if (c != '/' || i == 0 || path.charAt(i - 1) != '/') {
          merged.append(c);
        }
      }
      return merged.toString();
    }

    /** Resolves {@code .} and {@code ..}; what would go above the root stays at the root. */
    static String withoutDots(String path) {
      if (!path.contains("/.")) {
        return path;
      }
      Deque<String> kept = new ArrayDeque<>();
      String[] segments = (path.startsWith("/") ? path.substring(1) : path).split("/", -1);
      for (int i = 0; i < segments.length; i++) {
        String segment = segments[i];
        boolean last = i == segments.length - 1;
        if (segment.equals("..")) {
          kept.pollLast();
        } else if (!segment.equals(".")) {
          kept.addLast(segment);
          continue;
        }
        if (last) {
          // The directory itself.
          kept.addLast("");
        }
      }
      return "/" + String.join("/", kept);
    }
  }
}
