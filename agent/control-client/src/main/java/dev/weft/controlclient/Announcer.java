package dev.weft.controlclient;

import java.util.function.Consumer;

/** Says on stderr, once, that the control server is away, and once that it is back. */
final class Announcer {

  private final Consumer<String> log;
  private boolean away;

  Announcer(Consumer<String> log) {
    this.log = log;
  }

  void cannotReach(String servers, String reason) {
    if (!away) {
      away = true;
      log.accept(
          "control server "
              + servers
              + " cannot be reached: "
              + reason
              + "; the application runs, trying on");
    }
  }

  void reached(ServerAddress server) {
    if (away) {
      away = false;
      log.accept("control server " + server + " is reached again");
    }
  }
}
