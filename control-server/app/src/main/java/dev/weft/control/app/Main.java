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
    description = {
      "A service mesh that lives inside the JVM: the control server, and the commands that talk to"
          + " it.",
      "'weft COMMAND --help' says more. The commands find the server by --server or the environment"
          + " variable WEFT_SERVER."
    },
    footer = {
      "",
      "Exit codes: 0 done, 1 refused or failed (the reasons are on stderr), 2 wrong usage."
    },
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
      TokenCommand.class,
      CaCommand.class,
      VersionCommand.class
    })
public final class Main implements Runnable {

  @Spec
  @SuppressWarnings("NullAway.Init") // Set by picocli before the command runs.
  private CommandSpec spec;

  private Main() {}

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "expected: a command, such as server, apply or status");
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
    // A page of help would push the one line that matters out of sight.
    commandLine.setParameterExceptionHandler(
        (wrong, args) -> {
          String command = wrong.getCommandLine().getCommandSpec().qualifiedName();
          wrong.getCommandLine().getErr().println(wrong.getMessage());
          wrong.getCommandLine().getErr().println("'" + command + " --help' says what is possible");
          return 2;
        });
    return commandLine;
  }
}
