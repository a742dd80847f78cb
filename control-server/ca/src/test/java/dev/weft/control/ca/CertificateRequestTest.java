package dev.weft.control.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.control.ca.CertificateRequest.BadRequest;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;
import java.util.Random;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class CertificateRequestTest {

  @Test
  void takesTheKeyAndNothingElse() throws Exception {
    for (String curve : new String[] {"secp256r1", "secp384r1", "secp521r1"}) {
      KeyPair key = ec(curve);
      assertThat(CertificateRequest.parse(pem(key, "SHA256withECDSA")).key())
          .isEqualTo(key.getPublic());
    }
    KeyPair rsa = rsa(2048);
    assertThat(CertificateRequest.parse(pem(rsa, "SHA256withRSA")).key())
        .isEqualTo(rsa.getPublic());
  }

  @Test
  void theSameKeyHasTheSameFingerprint() throws Exception {
    KeyPair key = ec("secp256r1");
    String one = CertificateRequest.parse(pem(key, "SHA256withECDSA")).fingerprint();
    assertThat(CertificateRequest.parse(pem(key, "SHA384withECDSA")).fingerprint()).isEqualTo(one);
    assertThat(CertificateRequest.parse(pem(ec("secp256r1"), "SHA256withECDSA")).fingerprint())
        .isNotEqualTo(one);
  }

  @Test
  void refusesWhatProvesNothingOrIsWeak() throws Exception {
    KeyPair mine = ec("secp256r1");
    refused(pem(mine.getPublic(), ec("secp256r1").getPrivate(), "SHA256withECDSA"), "another key");
    refused(pem(rsa(1024), "SHA256withRSA"), "1024 bits");
    refused(pem(rsa(2048), "SHA1withRSA"), "SHA1");
    refused(pem(mine, "SHA1withECDSA"), "SHA1");
    KeyPair ed = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    refused(pem(ed, "Ed25519"), "expected");
    refused("", "PKCS #10");
    refused("nonsense", "PKCS #10");
    refused(Pem.of(mine.getPrivate()), "PKCS #10");
    refused("x".repeat(20_000), "at most");
  }

  @Test
  void brokenRequestsAreRefusedInWordsAndNothingElseHappens() throws Exception {
    byte[] good =
        Base64.getMimeDecoder()
            .decode(pem(ec("secp256r1"), "SHA256withECDSA").replaceAll("-----.*-----", ""));
    Random random = new Random(1);
    int refused = 0;
    for (int i = 0; i < 3000; i++) {
      byte[] bad = good.clone();
      int changes = 1 + random.nextInt(3);
      for (int j = 0; j < changes; j++) {
        bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
      }
      if (java.util.Arrays.equals(bad, good)) {
        continue;
      }
      try {
        CertificateRequest.parse(text(bad));
      } catch (BadRequest e) {
        refused++;
        assertThat(e).hasMessageStartingWith("csr: ");
      }
    }
    // A signature has a second form in which it is as good; hardly ever is it hit.
    assertThat(refused).isGreaterThan(2900);
  }

  private static void refused(String pem, String said) {
    assertThatThrownBy(() -> CertificateRequest.parse(pem))
        .isInstanceOf(BadRequest.class)
        .hasMessageContaining(said);
  }

  private static String pem(KeyPair key, String algorithm) throws Exception {
    return pem(key.getPublic(), key.getPrivate(), algorithm);
  }

  private static String pem(PublicKey claimed, PrivateKey signer, String algorithm)
      throws Exception {
    return text(
        new JcaPKCS10CertificationRequestBuilder(new X500Principal("CN=anybody"), claimed)
            .build(new JcaContentSignerBuilder(algorithm).build(signer))
            .getEncoded());
  }

  private static String text(byte[] der) {
    return "-----BEGIN CERTIFICATE REQUEST-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
        + "\n-----END CERTIFICATE REQUEST-----\n";
  }

  private static KeyPair ec(String curve) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec(curve));
    return generator.generateKeyPair();
  }

  private static KeyPair rsa(int bits) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(bits);
    return generator.generateKeyPair();
  }
}
