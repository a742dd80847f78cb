package dev.weft.engine.snapshot;

import org.jspecify.annotations.Nullable;

/** Where header templates find the values that they refer to. */
public interface HeaderSource {

  /** No header at all. */
  HeaderSource NONE = name -> null;

  /**
   * A header's value, repeated ones joined; null when absent.
   *
   * @param name in lower case; may be a pseudo header such as {@code :path}
   */
  @Nullable String get(String name);
}
