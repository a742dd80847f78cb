package dev.weft.agent;

/** The agent's one way to talk to an operator: lines on stderr. Never throws. */
final class Console {

  private Console() {}

  static void say(String line) {
    try {
      System.err.println("[weft] " + line);
    } catch (Throwable ignored) {
      // The application replaced or closed stderr: its business.
    }
  }
}
