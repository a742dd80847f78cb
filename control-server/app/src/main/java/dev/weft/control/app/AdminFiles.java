package dev.weft.control.app;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/**
 * What the server leaves in its data directory for the commands on the same machine: the admin
 * token, readable by its owner only, and the roots that its certificate leads to.
 */
final class AdminFiles {

  private final Path directory;

  AdminFiles(Path directory) {
    this.directory = requireNonNull(directory, "directory");
  }

  Path adminToken() {
    return directory.resolve("admin-token");
  }

  Path roots() {
    return directory.resolve("root-cert.pem");
  }

  /** Empty when there is none, or it may not be read: then it is not for this user. */
  Optional<String> readAdminToken() {
    try {
      return Optional.of(Files.readString(adminToken(), StandardCharsets.UTF_8).strip());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  void writeAdminToken(String text) {
    write(adminToken(), text + "\n", "rw-------");
  }

  void writeRoots(String pem) {
    write(roots(), pem, "rw-r--r--");
  }

  private void write(Path file, String text, String mode) {
    boolean posix = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
    FileAttribute<?>[] attributes =
        posix
            ? new FileAttribute<?>[] {
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
            }
            : new FileAttribute<?>[0];
    try {
      Path temporary =
          Files.createTempFile(directory, file.getFileName() + "-", ".tmp", attributes);
      Files.writeString(temporary, text, StandardCharsets.UTF_8);
      if (posix) {
        Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString(mode));
      }
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(file + ": cannot be written: " + e, e);
    }
  }
}
