package dev.weft.control.ca;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;

/**
 * Roots that were made here: one file each, {@code root-0001.pem} and so on, with the certificate
 * and its key, mode 0600. A rotation is one file more, a retirement one file less, and either is
 * one step of the file system.
 */
final class RootDirectory {

  /** A root is valid from a little earlier than it is made. */
  static final Duration BACKDATE = Duration.ofHours(1);

  private static final Duration VALIDITY = Duration.ofDays(3650);
  private static final Pattern NAME = Pattern.compile("root-(\\d{4})\\.pem");

  private final Path directory;

  RootDirectory(Path directory) {
    this.directory = requireNonNull(directory, "directory");
  }

  /**
   * The roots that have not expired, oldest first.
   *
   * @param delay after its making a root signs, where another is there
   */
  List<Signer> load(Duration delay, Instant now) {
    List<Signer> signers = new ArrayList<>();
    for (Path file : files()) {
      Signer signer = read(file, delay);
      if (signer.expires().isAfter(now)) {
        signers.add(signer);
      }
    }
    return signers;
  }

  /** Makes and keeps one root more. */
  Signer create(String trustDomain, Duration delay, Instant now) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      KeyPair pair = generator.generateKeyPair();
      int number = 1;
      for (Path file : files()) {
        number = Math.max(number, number(file) + 1);
      }
      // Each has a name of its own: verifiers look issuers up by it.
      var name =
          new X500NameBuilder(BCStyle.INSTANCE)
              .addRDN(BCStyle.O, trustDomain)
              .addRDN(
                  BCStyle.CN,
                  String.format(
                      Locale.ROOT,
                      "Weft root %d of %s",
                      number,
                      now.atZone(ZoneOffset.UTC).toLocalDateTime().withNano(0)))
              .build();
      JcaX509ExtensionUtils extensions = new JcaX509ExtensionUtils();
      X509Certificate certificate =
          Signer.sign(
              new JcaX509v3CertificateBuilder(
                      name,
                      Signer.newSerial(),
                      Date.from(now.minus(BACKDATE)),
                      Date.from(now.plus(VALIDITY)),
                      name,
                      pair.getPublic())
                  .addExtension(Extension.basicConstraints, true, new BasicConstraints(true))
                  .addExtension(
                      Extension.keyUsage,
                      true,
                      new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign))
                  .addExtension(
                      Extension.subjectKeyIdentifier,
                      false,
                      extensions.createSubjectKeyIdentifier(pair.getPublic())),
              pair.getPrivate());
      Path file = directory.resolve(String.format(Locale.ROOT, "root-%04d.pem", number));
      write(file, Pem.of(certificate) + Pem.of(pair.getPrivate()));
      return read(file, delay);
    } catch (GeneralSecurityException | CertIOException e) {
      throw new CaException("a root cannot be made: " + Pem.why(e), e);
    }
  }

  void delete(Signer signer) {
    try {
      Files.deleteIfExists(Path.of(signer.origin()));
      sync(directory);
    } catch (IOException e) {
      throw new CaException(signer.origin() + ": cannot be deleted: " + e, e);
    }
  }

  private static Signer read(Path file, Duration delay) {
    String text = Pem.read(file);
    X509Certificate root = Pem.certificates(file, text).get(0);
    PrivateKey key = Pem.privateKey(file, text);
    PluggedAuthority.requireFits(file, key, file, root);
    Instant made = root.getNotBefore().toInstant().plus(BACKDATE);
    return new Signer(key, List.of(), root, file.toString(), false, made.plus(delay));
  }

  private List<Path> files() {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(file -> NAME.matcher(file.getFileName().toString()).matches())
          .sorted()
          .toList();
    } catch (IOException | UncheckedIOException e) {
      throw new CaException(directory + ": cannot be read: " + e, e);
    }
  }

  private static int number(Path file) {
    Matcher matcher = NAME.matcher(file.getFileName().toString());
    return matcher.matches() ? Integer.parseInt(matcher.group(1)) : 0;
  }

  private void write(Path file, String text) {
    try {
      if (!Files.isDirectory(directory)) {
        Files.createDirectories(directory, mode("rwx------"));
      }
      Path temporary = Files.createTempFile(directory, "new", ".tmp", mode("rw-------"));
      try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
        channel.write(java.nio.ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
        channel.force(true);
      }
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
      sync(directory);
    } catch (IOException e) {
      throw new CaException(file + ": cannot be written: " + e, e);
    }
  }

  private FileAttribute<?>[] mode(String mode) {
    return directory.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode))
        }
        : new FileAttribute<?>[0];
  }

  /** Makes the names in a directory durable, where the system can. */
  private static void sync(Path directory) {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      // Windows opens no directory; its file system keeps the order by itself.
      return;
    }
  }
}
