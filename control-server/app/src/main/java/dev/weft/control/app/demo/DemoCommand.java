package dev.weft.control.app.demo;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options of {@code weft demo}. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description = {
      "Shows a canary on unmodified applications: starts a control server and four Spring Boot"
          + " services with the agent, applies policies, sends traffic and prints what went where.",
      "Takes about a minute and stops everything that it started."
    })
public final class DemoCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(names = "--keep", description = "stay, and say what to try, until Ctrl-C")
  private boolean keep;

  @Option(
      names = "--seconds",
      defaultValue = "8",
      description = "how long to send traffic in each step (default: ${DEFAULT-VALUE})")
  private int seconds;

  @Option(
      names = "--rate",
      defaultValue = "30",
      description = "requests a second (default: ${DEFAULT-VALUE})")
  private int rate;

  @Option(
      names = "--home",
      defaultValue = "${sys:weft.home:-.}",
      description = "the folder of the Weft checkout, with its jars built; bin/weft sets it")
  private Path home;

  @Override
  public Integer call() throws Exception {
    if (seconds < 1 || rate < 1) {
      throw new ParameterException(
          spec.commandLine(),
          "--seconds " + seconds + ", --rate " + rate + " (expected: at least 1)");
    }
    DemoFiles files = new DemoFiles(home);
    for (Path needed : files.all()) {
      if (!Files.isRegularFile(needed)) {
        throw new ParameterException(
            spec.commandLine(),
            needed
                + " is missing (expected: a built checkout; run bin/weft demo, which builds it)");
      }
    }
    return new Demo(files, new Screen(spec.commandLine().getOut()), seconds, rate).run(keep);
  }
}
