package dev.weft.jwt;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** An issuer: a key, its public form, and tokens signed with it. */
final class Signer {

  private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

  final String algorithm;
  final String kid;
  final String jwk;
  private final KeyPair pair;
  private final byte[] secret;

  private Signer(String algorithm, String kid, String jwk, KeyPair pair, byte[] secret) {
    this.algorithm = algorithm;
    this.kid = kid;
    this.jwk = jwk;
    this.pair = pair;
    this.secret = secret;
  }

  static Signer of(String algorithm, String kid) throws GeneralSecurityException {
    String head = "{\"kid\":\"" + kid + "\",";
    byte[] none = new byte[0];
    switch (algorithm.substring(0, 2)) {
      case "ES" -> {
        String bits = algorithm.equals("ES512") ? "521" : algorithm.substring(2);
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp" + bits + "r1"));
        KeyPair pair = generator.generateKeyPair();
        ECPublicKey key = (ECPublicKey) pair.getPublic();
        String jwk =
            head
                + "\"kty\":\"EC\",\"crv\":\"P-"
                + bits
                + "\",\"x\":\""
                + number(key.getW().getAffineX())
                + "\",\"y\":\""
                + number(key.getW().getAffineY())
                + "\"}";
        return new Signer(algorithm, kid, jwk, pair, none);
      }
      case "Ed" -> {
        KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        byte[] x509 = pair.getPublic().getEncoded();
        byte[] x = Arrays.copyOfRange(x509, x509.length - 32, x509.length);
        String jwk =
            head
                + "\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\""
                + BASE64.encodeToString(x)
                + "\"}";
        return new Signer(algorithm, kid, jwk, pair, none);
      }
      case "HS" -> {
        byte[] secret = new byte[64];
        Arrays.fill(secret, (byte) 7);
        String jwk = head + "\"kty\":\"oct\",\"k\":\"" + BASE64.encodeToString(secret) + "\"}";
        KeyPair unused = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        return new Signer(algorithm, kid, jwk, unused, secret);
      }
      default -> {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        KeyPair pair = generator.generateKeyPair();
        RSAPublicKey key = (RSAPublicKey) pair.getPublic();
        String jwk =
            head
                + "\"kty\":\"RSA\",\"n\":\""
                + number(key.getModulus())
                + "\",\"e\":\""
                + number(key.getPublicExponent())
                + "\"}";
        return new Signer(algorithm, kid, jwk, pair, none);
      }
    }
  }

  private static String number(BigInteger number) {
    byte[] bytes = number.toByteArray();
    int from = bytes.length > 1 && bytes[0] == 0 ? 1 : 0;
    return BASE64.encodeToString(Arrays.copyOfRange(bytes, from, bytes.length));
  }

  PublicKey publicKey() {
    return pair.getPublic();
  }

  String jwks() {
    return "{\"keys\":[" + jwk + "]}";
  }

  /** With its own algorithm and key id. */
  String token(String payload) throws GeneralSecurityException {
    return token("{\"alg\":\"" + algorithm + "\",\"kid\":\"" + kid + "\"}", payload);
  }

  String token(String header, String payload) throws GeneralSecurityException {
    String signed = part(header) + "." + part(payload);
    return signed + "." + BASE64.encodeToString(sign(signed.getBytes(StandardCharsets.US_ASCII)));
  }

  static String part(String json) {
    return BASE64.encodeToString(json.getBytes(StandardCharsets.UTF_8));
  }

  /** As RFC 2104 has it, with whatever bytes for a secret. */
  static byte[] hmac(byte[] secret, String bits, byte[] signed) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA" + bits);
    mac.init(new SecretKeySpec(secret, "HmacSHA" + bits));
    return mac.doFinal(signed);
  }

  private byte[] sign(byte[] signed) throws GeneralSecurityException {
    String bits = algorithm.replaceAll("[^0-9]", "");
    if (algorithm.startsWith("HS")) {
      return hmac(secret, bits, signed);
    }
    Signature signature;
    if (algorithm.startsWith("Ed")) {
      signature = Signature.getInstance("Ed25519");
    } else if (algorithm.startsWith("ES")) {
      signature = Signature.getInstance("SHA" + bits + "withECDSAinP1363Format");
    } else if (algorithm.startsWith("PS")) {
      signature = Signature.getInstance("RSASSA-PSS");
      String hash = "SHA-" + bits;
      signature.setParameter(
          new PSSParameterSpec(
              hash, "MGF1", new MGF1ParameterSpec(hash), Integer.parseInt(bits) / 8, 1));
    } else {
      signature = Signature.getInstance("SHA" + bits + "withRSA");
    }
    signature.initSign(pair.getPrivate());
    signature.update(signed);
    return signature.sign();
  }
}
