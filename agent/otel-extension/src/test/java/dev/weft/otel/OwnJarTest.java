package dev.weft.otel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
class OwnJarTest {

  @TempDir Path folder;

  @Test
  void isFoundAmongOtherExtensions() throws Exception {
    File other = jar("a.jar", "some/Thing.class");
    File own = jar("b.jar", "dev/weft/otel/OwnJar.class", "inst/dev/weft/agent/AgentStart.class");

    assertThat(OwnJar.find(other + ", " + own)).isEqualTo(own);
  }

  @Test
  void isFoundInAFolderOfExtensions() throws Exception {
    jar("a.jar", "some/Thing.class");
    Files.writeString(folder.resolve("b.jar"), "no jar");
    File own = jar("c.jar", "dev/weft/otel/OwnJar.class", "inst/dev/weft/agent/AgentStart.class");

    assertThat(OwnJar.find(folder.toString())).isEqualTo(own);
  }

  @Test
  void isNotFoundWhereItIsNot() throws Exception {
    File other = jar("a.jar", "dev/weft/otel/OwnJar.class");

    assertThat(OwnJar.find(other.toString())).isNull();
    assertThat(OwnJar.find("")).isNull();
    assertThat(OwnJar.find(folder.resolve("nowhere").toString())).isNull();
  }

  private File jar(String name, String... entries) throws Exception {
    Path file = folder.resolve(name);
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(file))) {
      for (String entry : entries) {
        out.putNextEntry(new JarEntry(entry));
      }
    }
    return file.toFile();
  }
}
