package dev.weft.smoke;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** An external Tomcat, started as its own scripts do it, with the agent in CATALINA_OPTS' place. */
final class Tomcat {

  private Tomcat() {}

  /**
   * Starts it with one application as its root.
   *
   * @param unpacked a folder that holds an unpacked {@code apache-tomcat-*}
   * @param options what stands before the class path: the agent, and whatever else
   * @return the running server, which has printed that it is up
   */
  static Child start(
      Stage stage, String name, Jdk jdk, Path unpacked, Path war, int port, List<String> options)
      throws Exception {
    Path home = home(unpacked);
    Path base = stage.directory().resolve(name);
    Files.createDirectories(base.resolve("webapps"));
    Files.createDirectories(base.resolve("conf"));
    Files.createDirectories(base.resolve("temp"));
    Files.createDirectories(base.resolve("logs"));
    Files.copy(war, base.resolve("webapps/ROOT.war"));
    Files.copy(home.resolve("conf/web.xml"), base.resolve("conf/web.xml"));
    Files.writeString(
        base.resolve("conf/server.xml"),
        Files.readString(home.resolve("conf/server.xml"))
            .replace("port=\"8005\"", "port=\"-1\"")
            .replace("port=\"8080\"", "port=\"" + port + "\""));
    List<String> arguments = new ArrayList<>(List.of("-Xmx256m"));
    arguments.addAll(options);
    arguments.addAll(
        List.of(
            "-Dcatalina.home=" + home.toAbsolutePath(),
            "-Dcatalina.base=" + base,
            "-Djava.io.tmpdir=" + base.resolve("temp"),
            "-cp",
            home.resolve("bin/bootstrap.jar") + ":" + home.resolve("bin/tomcat-juli.jar"),
            "org.apache.catalina.startup.Bootstrap",
            "start"));
    Child child = stage.start(name, jdk, arguments);
    child.awaitLog("Server startup in");
    return child;
  }

  private static Path home(Path unpacked) throws IOException {
    try (Stream<Path> files = Files.list(unpacked)) {
      return files
          .filter(f -> f.getFileName().toString().startsWith("apache-tomcat-"))
          .findFirst()
          .orElseThrow();
    }
  }
}
