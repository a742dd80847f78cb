package dev.weft.engine.snapshot;

/** A condition on one header or query parameter. */
public final class NamedMatcher {

  /** Headers in lower case. */
  public final String name;

  public final TextMatcher matcher;

  NamedMatcher(String name, TextMatcher matcher) {
    this.name = name;
    this.matcher = matcher;
  }
}
