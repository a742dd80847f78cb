package dev.weft.instrumentation.grpc;

import dev.weft.outbound.HeaderMutations;
import io.grpc.Metadata;
import java.util.Base64;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** Metadata as headers of HTTP: binary ones are shown, and set, in base64. */
final class Headers {

  private Headers() {}

  /** Repeated values joined by commas; null when absent. */
  static @Nullable String get(Metadata metadata, String name) {
    if (!isNameable(name)) {
      return null;
    }
    StringJoiner joined = new StringJoiner(",");
    boolean found = false;
    if (isBinary(name)) {
      Iterable<byte[]> values = metadata.getAll(binary(name));
      if (values != null) {
        for (byte[] value : values) {
          joined.add(Base64.getEncoder().withoutPadding().encodeToString(value));
          found = true;
        }
      }
    } else {
      Iterable<String> values = metadata.getAll(ascii(name));
      if (values != null) {
        for (String value : values) {
          joined.add(value);
          found = true;
        }
      }
    }
    return found ? joined.toString() : null;
  }

  static Metadata copy(Metadata metadata) {
    Metadata copy = new Metadata();
    copy.merge(metadata);
    return copy;
  }

  /** Changes {@code metadata}; those that cannot be metadata are left out. */
  static void apply(HeaderMutations changes, Metadata metadata) {
    changes.apply(
        name -> remove(metadata, name),
        (name, value) -> {
          remove(metadata, name);
          add(metadata, name, value);
        },
        (name, value) -> add(metadata, name, value));
  }

  private static void remove(Metadata metadata, String name) {
    if (isNameable(name)) {
      if (isBinary(name)) {
        metadata.discardAll(binary(name));
      } else {
        metadata.discardAll(ascii(name));
      }
    }
  }

  private static void add(Metadata metadata, String name, String value) {
    if (!isNameable(name)) {
      return;
    }
    if (isBinary(name)) {
      metadata.put(binary(name), Base64.getDecoder().decode(value));
    } else {
      metadata.put(ascii(name), value);
    }
  }

  private static boolean isBinary(String name) {
    return name.endsWith(Metadata.BINARY_HEADER_SUFFIX);
  }

  private static Metadata.Key<byte[]> binary(String name) {
    return Metadata.Key.of(name, Metadata.BINARY_BYTE_MARSHALLER);
  }

  private static Metadata.Key<String> ascii(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }

  /** As the library has it, which throws for others. */
  private static boolean isNameable(String name) {
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean good =
          (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
      if (!good) {
        return false;
      }
    }
    return !name.isEmpty() && !name.equals(Metadata.BINARY_HEADER_SUFFIX);
  }
}
