package dev.weft.control.ca;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;

/** Certificates and keys as text. Every failure names the file. */
final class Pem {

  private Pem() {}

  static String of(X509Certificate certificate) {
    return block("CERTIFICATE", der(certificate));
  }

  static String of(PrivateKey key) {
    return block("PRIVATE KEY", key.getEncoded());
  }

  private static String block(String what, byte[] der) {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    return "-----BEGIN " + what + "-----\n" + body + "\n-----END " + what + "-----\n";
  }

  /** SHA-256 of the DER, base64url: how a join token names a root. */
  static String pin(X509Certificate certificate) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(sha256(der(certificate)));
  }

  static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static byte[] der(X509Certificate certificate) {
    try {
      return certificate.getEncoded();
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("a parsed certificate can be encoded", e);
    }
  }

  static String read(Path file) {
    try {
      return Files.readString(file, StandardCharsets.US_ASCII);
    } catch (NoSuchFileException e) {
      throw new CaException(file + ": no such file", e);
    } catch (IOException e) {
      throw new CaException(file + ": cannot be read (expected: PEM text): " + e, e);
    }
  }

  /** All certificates of a text, in their order; what else stands in it is passed over. */
  static List<X509Certificate> certificates(Path file, String text) {
    List<X509Certificate> certificates = new ArrayList<>();
    try {
      CertificateFactory factory = CertificateFactory.getInstance("X.509");
      try (PEMParser parser = new PEMParser(new StringReader(text))) {
        for (var block = parser.readPemObject(); block != null; block = parser.readPemObject()) {
          if (block.getType().endsWith("CERTIFICATE")) {
            certificates.add(
                (X509Certificate)
                    factory.generateCertificate(new ByteArrayInputStream(block.getContent())));
          }
        }
      }
    } catch (IOException | CertificateException e) {
      throw new CaException(
          file + ": a certificate in it cannot be read (expected: X.509 in PEM): " + why(e), e);
    }
    if (certificates.isEmpty()) {
      throw new CaException(file + ": no certificate in it (expected: X.509 in PEM)");
    }
    return certificates;
  }

  /** The private key of a text: PKCS #8, PKCS #1 (RSA) or SEC 1 (EC), not encrypted. */
  static PrivateKey privateKey(Path file, String text) {
    try (PEMParser parser = new PEMParser(new StringReader(text))) {
      JcaPEMKeyConverter converter = new JcaPEMKeyConverter();
      for (Object block = parser.readObject(); block != null; block = parser.readObject()) {
        if (block instanceof PEMKeyPair pair) {
          return converter.getPrivateKey(pair.getPrivateKeyInfo());
        }
        if (block instanceof PrivateKeyInfo key) {
          return converter.getPrivateKey(key);
        }
        if (block instanceof PEMEncryptedKeyPair || block instanceof PKCS8EncryptedPrivateKeyInfo) {
          throw new CaException(file + ": the key is encrypted (expected: a key without password)");
        }
      }
    } catch (IOException e) {
      throw new CaException(
          file + ": the key in it cannot be read (expected: PKCS #8, PKCS #1 or SEC 1 in PEM)", e);
    }
    throw new CaException(file + ": no private key in it (expected: PKCS #8, PKCS #1 or SEC 1)");
  }

  static String why(Throwable failure) {
    String message = failure.getMessage();
    return message == null ? failure.getClass().getSimpleName() : message;
  }
}
