package dev.weft.control.app;

import dev.weft.control.app.demo.DemoCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code weft}: the control server and everything that is said to it. One class per command. */
@Command(
    name = "weft",
    description = "A service mesh that lives inside the JVM.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    subcommands = {
      ServerCommand.class,
      DemoCommand.class,
      ApplyCommand.class,
      DeleteCommand.class,
      GetCommand.class,
      DescribeCommand.class,
      StatusCommand.class,
      ExplainCommand.class,
      VersionCommand.class
    })
public final class Main implements Runnable {

  @Spec
  @SuppressWarnings("NullAway.Init") // Set by picocli before the command runs.
  private CommandSpec spec;

  private Main() {}

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "expected: a command");
  }

  /** Exits with 0: done, 1: refused with reasons, 2: wrong usage. */
  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    CommandLine commandLine = new CommandLine(new Main());
    commandLine.setCaseInsensitiveEnumValuesAllowed(true);
    commandLine.setExecutionExceptionHandler(
        (failure, command, parsed) -> {
          if (!(failure instanceof CommandFailure)) {
            throw failure;
          }
          command.getErr().println(failure.getMessage());
          return 1;
        });
    return commandLine;
  }
}
