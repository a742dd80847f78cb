package dev.weft.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.File;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.TreeSet;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Looks inside the jar that users get. */
@Timeout(60)
class AgentJarIT {

  static final File JAR = new File("target/weft-agent.jar").getAbsoluteFile();
  private static final int JAVA_8 = 52;

  /**
   * What libraries ask for and do without; why FieldAccess has not all that Unsafe has, it says.
   */
  private static final Pattern OPTIONAL =
      Pattern.compile(
          "dev/weft/(shaded/(android|squareup/okhttp|bytebuddy/utility/nullability)/.*"
              + "|agent/FieldAccess)");

  private static final long MAX_BYTES = 8L * 1024 * 1024;

  private static List<String> names() throws Exception {
    List<String> names = new ArrayList<>();
    try (JarFile jar = new JarFile(JAR)) {
      for (Enumeration<JarEntry> all = jar.entries(); all.hasMoreElements(); ) {
        JarEntry entry = all.nextElement();
        if (!entry.isDirectory()) {
          names.add(entry.getName());
        }
      }
    }
    return names;
  }

  @Test
  void onlyTheWaistLiesWhereOthersLook() throws Exception {
    assertThat(names())
        .filteredOn(name -> !name.startsWith("inst/"))
        .allMatch(
            name ->
                name.equals("META-INF/MANIFEST.MF")
                    || name.matches(
                        "dev/weft/(bootstrap|context|outbound|inbound|transport)/[^/]+"));
  }

  @Test
  void everyLibraryIsRenamed() throws Exception {
    TreeSet<String> packages = new TreeSet<>();
    for (String name : names()) {
      if (name.endsWith(".class") && !name.startsWith("inst/dev/weft/")) {
        packages.add(name.substring(0, name.lastIndexOf('/') + 1));
      }
    }
    assertThat(packages)
        .allMatch(name -> name.matches("dev/weft/(bootstrap|context|outbound|inbound|transport)/"));
    assertThat(names()).noneMatch(name -> name.startsWith("inst/META-INF/versions/"));
  }

  @Test
  void nothingIsThereTwice() throws Exception {
    assertThat(names()).doesNotHaveDuplicates();
    assertThat(names()).noneMatch(name -> name.startsWith("inst/dev/weft/bootstrap/"));
  }

  @Test
  void everyClassRunsOnJava8() throws Exception {
    List<String> newer = new ArrayList<>();
    try (JarFile jar = new JarFile(JAR)) {
      for (String name : names()) {
        if (name.endsWith(".class")) {
          try (DataInputStream in =
              new DataInputStream(jar.getInputStream(jar.getJarEntry(name)))) {
            assertThat(in.readInt()).as(name).isEqualTo(0xCAFEBABE);
            in.readUnsignedShort();
            if (in.readUnsignedShort() > JAVA_8) {
              newer.add(name);
            }
          }
        }
      }
    }
    assertThat(newer).isEmpty();
  }

  @Test
  void noClassMissesAnotherOfTheJarOrItsMembers() throws Exception {
    assertThat(ShippedClasses.of(JAR).missing(OPTIONAL)).isEmpty();
  }

  @Test
  void theCheckForMissingMembersFindsOne() throws Exception {
    ShippedClasses shipped = ShippedClasses.of(JAR);
    assertThat(
            shipped.has(
                "dev/weft/bootstrap/Mesh", "outbound", "()Ldev/weft/outbound/OutboundMesh;"))
        .isTrue();
    assertThat(shipped.has("dev/weft/bootstrap/Mesh", "outbound", "()V")).isFalse();
    assertThat(shipped.has("dev/weft/bootstrap/Mesh", "hashCode", "()I")).isTrue();
  }

  @Test
  void staysSmall() {
    assertThat(JAR.length()).isBetween(1_000_000L, MAX_BYTES);
  }

  @Test
  void theManifestNamesTheEntryAndWhatTheAgentMayDo() throws Exception {
    try (JarFile jar = new JarFile(JAR)) {
      Attributes attributes = jar.getManifest().getMainAttributes();
      assertThat(attributes.getValue("Premain-Class")).isEqualTo("dev.weft.bootstrap.WeftAgent");
      assertThat(attributes.getValue("Agent-Class")).isEqualTo("dev.weft.bootstrap.WeftAgent");
      assertThat(attributes.getValue("Can-Retransform-Classes")).isEqualTo("true");
      assertThat(attributes.getValue("Implementation-Version")).isNotBlank();
    }
  }

  @Test
  void serviceFilesNameClassesThatAreThere() throws Exception {
    List<String> names = names();
    try (JarFile jar = new JarFile(JAR)) {
      for (String name : names) {
        if (!name.startsWith("inst/META-INF/services/")) {
          continue;
        }
        String text =
            new String(
                jar.getInputStream(jar.getJarEntry(name)).readAllBytes(),
                java.nio.charset.StandardCharsets.UTF_8);
        for (String line : text.split("\n")) {
          String provider = line.replaceAll("#.*", "").trim();
          if (!provider.isEmpty()) {
            assertThat(names).as(name).contains("inst/" + provider.replace('.', '/') + ".class");
          }
        }
      }
    }
    assertThat(names).contains("inst/META-INF/services/dev.weft.instrumentation.Adapter");
  }
}
