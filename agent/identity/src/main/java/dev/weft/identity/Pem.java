package dev.weft.identity;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/** Reads and writes what stands between {@code -----BEGIN} and {@code -----END}. */
final class Pem {

  private static final String BEGIN = "-----BEGIN ";
  private static final String END = "-----END ";
  private static final String DASHES = "-----";

  private static final byte[] VERSION_0 = Der.element(Der.INTEGER, new byte[] {0});
  private static final byte[] RSA =
      Der.element(Der.SEQUENCE, Der.oid(1, 2, 840, 113549, 1, 1, 1), Der.element(Der.NULL));

  /** Curves by the object identifier that an EC private key names them with. */
  private static final byte[][] CURVES = {
    Der.oid(1, 2, 840, 10045, 3, 1, 7), Der.oid(1, 3, 132, 0, 34), Der.oid(1, 3, 132, 0, 35)
  };

  private Pem() {}

  /** One block of a PEM text. */
  private static final class Block {
    final String label;
    final byte[] content;

    Block(String label, byte[] content) {
      this.label = label;
      this.content = content;
    }
  }

  static String encode(String label, byte[] der) {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    return BEGIN + label + DASHES + "\n" + body + "\n" + END + label + DASHES + "\n";
  }

  /**
   * All certificates in a text, in its order.
   *
   * @throws CertificateException where one cannot be read, or there is none
   */
  static List<X509Certificate> certificates(String text) throws CertificateException {
    List<X509Certificate> certificates = new ArrayList<>();
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    for (Block block : blocks(text)) {
      if (block.label.equals("CERTIFICATE")) {
        certificates.add(
            (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(block.content)));
      }
    }
    if (certificates.isEmpty()) {
      throw new CertificateException("no certificate in PEM");
    }
    return certificates;
  }

  /**
   * The first private key in a text: PKCS #8, or RSA and EC keys as OpenSSL used to write them.
   *
   * @throws GeneralSecurityException where there is none, or it is encrypted or broken
   */
  static PrivateKey privateKey(String text) throws GeneralSecurityException {
    for (Block block : blocks(text)) {
      switch (block.label) {
        case "PRIVATE KEY":
          return pkcs8(block.content);
        case "RSA PRIVATE KEY":
          return pkcs8(wrap(RSA, block.content));
        case "EC PRIVATE KEY":
          return pkcs8(wrap(ecAlgorithm(block.content), block.content));
        case "ENCRYPTED PRIVATE KEY":
          throw new GeneralSecurityException(
              "the private key is encrypted (expected: one that is not)");
        default:
          break;
      }
    }
    throw new GeneralSecurityException("no private key in PEM");
  }

  private static byte[] wrap(byte[] algorithm, byte[] key) {
    return Der.element(Der.SEQUENCE, VERSION_0, algorithm, Der.element(Der.OCTET_STRING, key));
  }

  private static byte[] ecAlgorithm(byte[] key) throws GeneralSecurityException {
    for (byte[] curve : CURVES) {
      if (contains(key, curve)) {
        return Der.element(Der.SEQUENCE, Der.oid(1, 2, 840, 10045, 2, 1), curve);
      }
    }
    throw new GeneralSecurityException(
        "the private key does not say its curve (expected: P-256, P-384 or P-521)");
  }

  private static boolean contains(byte[] all, byte[] part) {
    for (int i = 0; i + part.length <= all.length; i++) {
      if (Arrays.equals(Arrays.copyOfRange(all, i, i + part.length), part)) {
        return true;
      }
    }
    return false;
  }

  private static PrivateKey pkcs8(byte[] encoded) throws GeneralSecurityException {
    PKCS8EncodedKeySpec spec = new PKCS8EncodedKeySpec(encoded);
    GeneralSecurityException last = new GeneralSecurityException("not a private key");
    for (String algorithm : new String[] {"EC", "RSA"}) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(spec);
      } catch (GeneralSecurityException e) {
        last = e;
      }
    }
    throw new GeneralSecurityException("the private key is neither EC nor RSA", last);
  }

  private static List<Block> blocks(String text) {
    List<Block> blocks = new ArrayList<>();
    int at = text.indexOf(BEGIN);
    while (at >= 0) {
      int labelEnd = text.indexOf(DASHES, at + BEGIN.length());
      int end = labelEnd < 0 ? -1 : text.indexOf(END, labelEnd);
      if (end < 0) {
        break;
      }
      String label = text.substring(at + BEGIN.length(), labelEnd);
      byte[] body =
          text.substring(labelEnd + DASHES.length(), end).getBytes(StandardCharsets.US_ASCII);
      try {
        blocks.add(new Block(label, Base64.getMimeDecoder().decode(body)));
      } catch (IllegalArgumentException e) {
        // What is not base64 holds nothing: the caller then misses what it looks for.
        blocks.add(new Block("", new byte[0]));
      }
      at = text.indexOf(BEGIN, end);
    }
    return blocks;
  }
}
