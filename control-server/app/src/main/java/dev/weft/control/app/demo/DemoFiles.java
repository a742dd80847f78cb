package dev.weft.control.app.demo;

import java.nio.file.Path;
import java.util.List;

/** The jars that the demo runs, all built by Maven. */
record DemoFiles(Path home) {

  Path agent() {
    return home.resolve("agent/dist/target/weft-agent.jar");
  }

  Path weft() {
    return home.resolve("control-server/app/target/weft.jar");
  }

  Path service(String name) {
    return home.resolve("demo/" + name + "/target/" + name + ".jar");
  }

  List<Path> all() {
    return List.of(agent(), weft(), service("ratings"), service("reviews"), service("storefront"));
  }
}
