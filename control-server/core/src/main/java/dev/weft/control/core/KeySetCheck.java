package dev.weft.control.core;

import java.util.List;

/** Whether keys that a RequestAuthentication gives can be used. The room {@code jwks} knows. */
@FunctionalInterface
public interface KeySetCheck {

  /** Takes everything. */
  KeySetCheck NONE = jwks -> List.of();

  /** What is wrong with a JSON Web Key Set, and what was expected; empty: nothing. */
  List<String> problems(String jwks);
}
