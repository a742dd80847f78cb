package dev.weft.control.app;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code weft}: the control server and everything that is said to it. */
@Command(
    name = "weft",
    description = "A service mesh that lives inside the JVM.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    subcommands = {ServerCommand.class, VersionCommand.class})
public final class Main {

  private Main() {}

  /** Exits with 0: done, 1: refused with reasons, 2: wrong usage. */
  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    return new CommandLine(new Main());
  }
}
