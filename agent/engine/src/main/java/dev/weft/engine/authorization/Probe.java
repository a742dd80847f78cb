package dev.weft.engine.authorization;

/** Asks whether an attribute of a request is one of some values. */
interface Probe {

  int NO = 0;
  int YES = 1;

  /** Nobody knows, or nobody knows any more. */
  int UNKNOWN = 2;

  /**
   * @param path the view of the path that is looked at
   */
  int test(Subject subject, String path);

  static int of(boolean matches) {
    return matches ? YES : NO;
  }
}
