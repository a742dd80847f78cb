package dev.weft.controlclient;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.weft.model.Registration;
import dev.weft.wire.proto.Weft;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * The last good policy on disk: resources as they came, and the last answers of DNS. One file in
 * one directory per workload identity, readable by its owner only, replaced atomically. Its time of
 * modification is when it was last known to be current.
 */
final class LastKnownGood {

  private static final long MAGIC = 0x57454654_4c4b4731L; // WEFTLKG1
  private static final int HEADER_BYTES = 8 + 8 + 4;
  private static final int MAX_BYTES = 64 << 20;

  private final Path directory;
  private final Path file;

  LastKnownGood(Path stateDirectory, Registration identity) {
    this.directory =
        stateDirectory
            .resolve(fileName(identity.namespace()))
            .resolve(fileName(identity.serviceAccount()))
            .resolve(fileName(identity.service()));
    this.file = directory.resolve("policy.lkg");
  }

  /** What a file holds. */
  static final class Content {
    final List<Weft.Resource> resources;
    final Map<String, List<String>> addresses;
    final long currentAtMillis;

    Content(
        Collection<Weft.Resource> resources,
        Map<String, List<String>> addresses,
        long currentAtMillis) {
      this.resources = new ArrayList<>(resources);
      this.addresses = addresses;
      this.currentAtMillis = currentAtMillis;
    }
  }

  Path file() {
    return file;
  }

  /**
   * Null when there is none.
   *
   * @throws IOException when it cannot be read or is not what was written
   */
  @Nullable Content read() throws IOException {
    byte[] bytes;
    long modified;
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new IOException("larger than " + MAX_BYTES + " bytes");
      }
      bytes = Files.readAllBytes(file);
      modified = Files.getLastModifiedTime(file).toMillis();
    } catch (NoSuchFileException e) {
      return null;
    }
    ByteBuffer header = ByteBuffer.wrap(bytes);
    if (bytes.length < HEADER_BYTES || header.getLong() != MAGIC) {
      throw new IOException("not a policy file of this version");
    }
    long crc = header.getLong();
    int length = header.getInt();
    if (length != bytes.length - HEADER_BYTES || crc != crc(bytes, HEADER_BYTES, length)) {
      throw new IOException("incomplete or changed after it was written");
    }
    return content(
        new DataInputStream(new ByteArrayInputStream(bytes, HEADER_BYTES, length)), modified);
  }

  private static Content content(DataInputStream in, long modified) throws IOException {
    List<Weft.Resource> resources = new ArrayList<>();
    for (int count = in.readInt(); count > 0; count--) {
      try {
        resources.add(Weft.Resource.parseDelimitedFrom(in));
      } catch (InvalidProtocolBufferException e) {
        throw new IOException("resource " + resources.size() + ": " + e.getMessage(), e);
      }
    }
    Map<String, List<String>> addresses = new LinkedHashMap<>();
    for (int count = in.readInt(); count > 0; count--) {
      String name = in.readUTF();
      List<String> answer = new ArrayList<>();
      for (int left = in.readInt(); left > 0; left--) {
        answer.add(in.readUTF());
      }
      addresses.put(name, answer);
    }
    return new Content(resources, addresses, modified);
  }

  /** Replaces the file; after a crash at any point the old or the new one is there, whole. */
  void write(Content content) throws IOException {
    byte[] body = body(content);
    ByteBuffer bytes = ByteBuffer.allocate(HEADER_BYTES + body.length);
    bytes.putLong(MAGIC).putLong(crc(body, 0, body.length)).putInt(body.length).put(body).flip();
    boolean posix = makeDirectory();
    // Java makes temporary files with mode 0600 where the file system has modes.
    Path temporary = Files.createTempFile(directory, "policy", ".tmp");
    try {
      if (posix) {
        Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rw-------"));
      }
      try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        channel.force(true);
      }
      try {
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
      } catch (AtomicMoveNotSupportedException e) {
        Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING);
      }
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  /** Notes that what is on disk is current now. */
  void touch() {
    try {
      Files.setLastModifiedTime(file, FileTime.fromMillis(System.currentTimeMillis()));
    } catch (IOException ignored) {
      // Only the age that a later start reports depends on it; a full disk was reported by write.
    }
  }

  private boolean makeDirectory() throws IOException {
    boolean posix = directory.getFileSystem().supportedFileAttributeViews().contains("posix");
    try {
      if (posix) {
        Files.createDirectories(
            directory,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      } else {
        Files.createDirectories(directory);
      }
    } catch (FileSystemException e) {
      throw new IOException("cannot make directory " + directory + ": " + e.getMessage(), e);
    }
    return posix;
  }

  private static byte[] body(Content content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeInt(content.resources.size());
    for (Weft.Resource resource : content.resources) {
      resource.writeDelimitedTo(out);
    }
    out.writeInt(content.addresses.size());
    for (Map.Entry<String, List<String>> answer : content.addresses.entrySet()) {
      out.writeUTF(answer.getKey());
      out.writeInt(answer.getValue().size());
      for (String address : answer.getValue()) {
        out.writeUTF(address);
      }
    }
    out.flush();
    return bytes.toByteArray();
  }

  private static long crc(byte[] bytes, int offset, int length) {
    CRC32 crc = new CRC32();
    crc.update(bytes, offset, length);
    return crc.getValue();
  }

  /** One path element for any text: what is not plain becomes %XX, so that no two names meet. */
  static String fileName(String text) {
    StringBuilder name = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      boolean plain =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || c == '-'
              || c == '_'
              || (c == '.' && name.length() > 0);
      if (plain) {
        name.append(c);
      } else {
        name.append('%')
            .append(Character.forDigit(c >> 4, 16))
            .append(Character.forDigit(c & 15, 16));
      }
    }
    return name.length() == 0 ? "%" : name.toString();
  }
}
