import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * {@code Older TARGET PATH}: unpacks the jars of Helidon in a class path and says in each class
 * that it is for Java 8, so that the compiler of an older JDK reads it. They are for Java 21, and
 * these are only compiled against.
 */
final class Older {

  private static final int MAJOR_VERSION = 7;
  private static final byte JAVA_8 = 52;

  private Older() {}

  public static void main(String[] arguments) throws IOException {
    Path target = Path.of(arguments[0]);
    for (String entry : arguments[1].split(File.pathSeparator)) {
      if (Path.of(entry).getFileName().toString().matches("helidon-.*\\.jar")) {
        unpack(Path.of(entry), target);
      }
    }
  }

  private static void unpack(Path jar, Path target) throws IOException {
    try (InputStream file = Files.newInputStream(jar);
        ZipInputStream zip = new ZipInputStream(file)) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        Path to = target.resolve(entry.getName()).normalize();
        if (entry.getName().endsWith(".class")
            && !entry.getName().endsWith("module-info.class")
            && to.startsWith(target)) {
          byte[] bytes = zip.readAllBytes();
          bytes[MAJOR_VERSION - 1] = 0;
          bytes[MAJOR_VERSION] = JAVA_8;
          Files.createDirectories(to.getParent());
          Files.write(to, bytes);
        }
      }
    }
  }
}
