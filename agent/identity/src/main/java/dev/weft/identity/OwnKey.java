package dev.weft.identity;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;

/** A key of ours: EC P-256, made here, kept in memory only. */
final class OwnKey {

  private final KeyPair pair;

  private OwnKey(KeyPair pair) {
    this.pair = pair;
  }

  static OwnKey generate() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return new OwnKey(generator.generateKeyPair());
  }

  PrivateKey privateKey() {
    return pair.getPrivate();
  }

  PublicKey publicKey() {
    return pair.getPublic();
  }

  /**
   * A PKCS #10 request in PEM that says nothing but the public key and proves that we have the
   * private one: who we are is the server's to say.
   */
  String certificateRequest() throws GeneralSecurityException {
    byte[] version = Der.element(Der.INTEGER, new byte[] {0});
    byte[] subject = Der.element(Der.SEQUENCE);
    byte[] attributes = Der.element(Der.CONTEXT_0);
    byte[] info =
        Der.element(Der.SEQUENCE, version, subject, pair.getPublic().getEncoded(), attributes);
    Signature signature = Signature.getInstance("SHA256withECDSA");
    signature.initSign(pair.getPrivate());
    signature.update(info);
    byte[] ecdsaWithSha256 = Der.element(Der.SEQUENCE, Der.oid(1, 2, 840, 10045, 4, 3, 2));
    return Pem.encode(
        "CERTIFICATE REQUEST",
        Der.element(Der.SEQUENCE, info, ecdsaWithSha256, Der.bits(signature.sign())));
  }
}
