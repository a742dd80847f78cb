package dev.weft.policy;

import java.util.List;

/** {@code exportTo}: who may see a resource, asked from the client's namespace. */
enum Visibility {
  /** For the own namespace only, and the client is in it. */
  PRIVATE,
  /** Exported to the client's namespace by name. */
  NAMED,
  PUBLIC,
  NONE;

  static Visibility of(List<String> exportTo, String owner, String client) {
    if (exportTo.isEmpty() || exportTo.contains("*")) {
      return PUBLIC;
    }
    if (exportTo.contains(".") && owner.equals(client)) {
      return PRIVATE;
    }
    return exportTo.contains(client) ? NAMED : NONE;
  }
}
