package dev.weft.jwt;

import com.grack.nanojson.JsonObject;
import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.ECFieldFp;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.security.spec.RSAPublicKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * One key. Its type alone decides which algorithms it can verify, whatever a token says: a public
 * key is never a secret. Immutable.
 */
final class Jwk {

  private static final int MIN_RSA_BITS = 2048;
  private static final int MAX_RSA_BITS = 16384;

  /** An Ed25519 key in X.509 form, but for its 32 bytes. */
  private static final byte[] ED25519 = {
    0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00
  };

  private static final int ED25519_BYTES = 32;

  private enum Type {
    RSA,
    EC,
    OKP,
    OCT;

    boolean has(String algorithm) {
      switch (this) {
        case RSA:
          return algorithm.startsWith("RS") || algorithm.startsWith("PS");
        case EC:
          return algorithm.startsWith("ES");
        case OKP:
          return algorithm.equals("EdDSA");
        default:
          return algorithm.startsWith("HS");
      }
    }
  }

  private final Type type;
  private final @Nullable String kid;
  private final @Nullable String algorithm;
  private final @Nullable PublicKey key;
  private final byte[] secret;

  /** Of an EC key: size of a coordinate in bytes, and the order of its group. */
  private final int coordinate;

  private final BigInteger order;

  private Jwk(
      JsonObject json,
      Type type,
      @Nullable String algorithm,
      @Nullable PublicKey key,
      byte[] secret,
      int coordinate,
      BigInteger order) {
    this.kid = text(json, "kid");
    this.type = type;
    this.algorithm = algorithm;
    this.key = key;
    this.secret = secret;
    this.coordinate = coordinate;
    this.order = order;
  }

  /**
   * @param secrets whether symmetric keys are taken
   * @throws IllegalArgumentException where it is no key that can be used here, with the reason
   */
  static Jwk of(JsonObject json, boolean secrets) {
    String kty = text(json, "kty");
    String algorithm = text(json, "alg");
    try {
      if ("enc".equals(text(json, "use"))
          || (json.get("key_ops") instanceof List
              && !((List<?>) json.get("key_ops")).contains("verify"))) {
        throw new IllegalArgumentException("it is not for signatures");
      }
      if ("RSA".equals(kty)) {
        return new Jwk(json, Type.RSA, algorithm, rsa(json), new byte[0], 0, BigInteger.ZERO);
      }
      if ("EC".equals(kty)) {
        return ec(json, algorithm);
      }
      if ("OKP".equals(kty)) {
        return new Jwk(json, Type.OKP, algorithm, ed25519(json), new byte[0], 0, BigInteger.ZERO);
      }
      if ("oct".equals(kty) && secrets) {
        byte[] secret = bytes(json, "k");
        return new Jwk(json, Type.OCT, algorithm, null, secret, 0, BigInteger.ZERO);
      }
      throw new IllegalArgumentException("kty: " + kty + " (expected: RSA, EC or OKP)");
    } catch (IllegalArgumentException | GeneralSecurityException e) {
      throw new IllegalArgumentException("key " + text(json, "kid") + ": " + e.getMessage(), e);
    }
  }

  private static PublicKey rsa(JsonObject json) throws GeneralSecurityException {
    BigInteger modulus = new BigInteger(1, bytes(json, "n"));
    if (modulus.bitLength() < MIN_RSA_BITS || modulus.bitLength() > MAX_RSA_BITS) {
      throw new IllegalArgumentException(
          "n: " + modulus.bitLength() + " bits (expected: " + MIN_RSA_BITS + " or more)");
    }
    BigInteger exponent = new BigInteger(1, bytes(json, "e"));
    return KeyFactory.getInstance("RSA").generatePublic(new RSAPublicKeySpec(modulus, exponent));
  }

  private static Jwk ec(JsonObject json, @Nullable String algorithm)
      throws GeneralSecurityException {
    String curve = String.valueOf(text(json, "crv"));
    String standard;
    String only;
    switch (curve) {
      case "P-256":
        standard = "secp256r1";
        only = "ES256";
        break;
      case "P-384":
        standard = "secp384r1";
        only = "ES384";
        break;
      case "P-521":
        standard = "secp521r1";
        only = "ES512";
        break;
      default:
        throw new IllegalArgumentException("crv: " + curve + " (expected: P-256, P-384 or P-521)");
    }
    if (algorithm != null && !algorithm.equals(only)) {
      throw new IllegalArgumentException("alg: " + algorithm + " (expected: " + only + ")");
    }
    AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
    parameters.init(new ECGenParameterSpec(standard));
    ECParameterSpec spec = parameters.getParameterSpec(ECParameterSpec.class);
    ECPoint point =
        new ECPoint(new BigInteger(1, bytes(json, "x")), new BigInteger(1, bytes(json, "y")));
    if (!isOn(spec, point)) {
      throw new IllegalArgumentException("x, y: no point of " + curve);
    }
    PublicKey key = KeyFactory.getInstance("EC").generatePublic(new ECPublicKeySpec(point, spec));
    int bytes = (spec.getCurve().getField().getFieldSize() + 7) / 8;
    return new Jwk(json, Type.EC, only, key, new byte[0], bytes, spec.getOrder());
  }

  /** The JDK does not look. */
  private static boolean isOn(ECParameterSpec spec, ECPoint point) {
    BigInteger p = ((ECFieldFp) spec.getCurve().getField()).getP();
    BigInteger x = point.getAffineX();
    BigInteger y = point.getAffineY();
    return x.compareTo(p) < 0
        && y.compareTo(p) < 0
        && y.multiply(y)
            .mod(p)
            .equals(
                x.multiply(x)
                    .multiply(x)
                    .add(spec.getCurve().getA().multiply(x))
                    .add(spec.getCurve().getB())
                    .mod(p));
  }

  private static PublicKey ed25519(JsonObject json) throws GeneralSecurityException {
    byte[] x = bytes(json, "x");
    if (!"Ed25519".equals(text(json, "crv")) || x.length != ED25519_BYTES) {
      throw new IllegalArgumentException("crv: " + text(json, "crv") + " (expected: Ed25519)");
    }
    byte[] encoded = new byte[ED25519.length + x.length];
    System.arraycopy(ED25519, 0, encoded, 0, ED25519.length);
    System.arraycopy(x, 0, encoded, ED25519.length, x.length);
    // Since Java 15.
    return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded));
  }

  private static byte[] bytes(JsonObject json, String name) {
    byte[] bytes = Base64Url.decode(text(json, name));
    if (bytes == null || bytes.length == 0) {
      throw new IllegalArgumentException(name + ": missing (expected: base64url)");
    }
    return bytes;
  }

  private static @Nullable String text(JsonObject json, String name) {
    Object value = json.get(name);
    return value instanceof String ? (String) value : null;
  }

  /** Whether it may have signed a token that says so of itself. */
  boolean isFor(String alg, @Nullable String wanted) {
    return type.has(alg)
        && (algorithm == null || algorithm.equals(alg))
        && (wanted == null || kid == null || kid.equals(wanted));
  }

  boolean verifies(String alg, byte[] signed, byte[] signature) {
    try {
      return type == Type.OCT
          ? verifiesSecret(alg, signed, signature)
          : verifiesPublic(alg, signed, signature);
    } catch (GeneralSecurityException | RuntimeException e) {
      // What the JDK cannot read or does not have has proven nothing.
      return false;
    }
  }

  private boolean verifiesSecret(String alg, byte[] signed, byte[] signature)
      throws GeneralSecurityException {
    int bits = Integer.parseInt(alg.substring(2));
    if (secret.length < bits / 8) {
      // RFC 7518: as long as the hash.
      return false;
    }
    String name = "HmacSHA" + bits;
    Mac mac = Mac.getInstance(name);
    mac.init(new SecretKeySpec(secret, name));
    return MessageDigest.isEqual(mac.doFinal(signed), signature);
  }

  private boolean verifiesPublic(String alg, byte[] signed, byte[] signature)
      throws GeneralSecurityException {
    byte[] encoded = signature;
    Signature verifier;
    if (type == Type.OKP) {
      verifier = Signature.getInstance("Ed25519");
    } else if (type == Type.EC) {
      byte[] der = der(signature);
      if (der == null) {
        return false;
      }
      encoded = der;
      verifier = Signature.getInstance("SHA" + alg.substring(2) + "withECDSA");
    } else if (alg.startsWith("PS")) {
      String hash = "SHA-" + alg.substring(2);
      verifier = Signature.getInstance("RSASSA-PSS");
      int salt = Integer.parseInt(alg.substring(2)) / 8;
      verifier.setParameter(
          new PSSParameterSpec(hash, "MGF1", new MGF1ParameterSpec(hash), salt, 1));
    } else {
      verifier = Signature.getInstance("SHA" + alg.substring(2) + "withRSA");
    }
    verifier.initVerify(key);
    verifier.update(signed);
    return verifier.verify(encoded);
  }

  /**
   * From the two numbers that a token has to the form that the JDK wants. Numbers out of range, for
   * which some JDKs take every signature, give null.
   */
  private byte @Nullable [] der(byte[] raw) {
    if (raw.length != 2 * coordinate) {
      return null;
    }
    byte[] r = number(raw, 0);
    byte[] s = number(raw, coordinate);
    if (r == null || s == null) {
      return null;
    }
    int body = 4 + r.length + s.length;
    byte[] der = new byte[body + (body < 128 ? 2 : 3)];
    int at = 0;
    der[at++] = 0x30;
    if (body >= 128) {
      der[at++] = (byte) 0x81;
    }
    der[at++] = (byte) body;
    for (byte[] each : new byte[][] {r, s}) {
      der[at++] = 0x02;
      der[at++] = (byte) each.length;
      System.arraycopy(each, 0, der, at, each.length);
      at += each.length;
    }
    return der;
  }

  private byte @Nullable [] number(byte[] raw, int from) {
    byte[] part = new byte[coordinate];
    System.arraycopy(raw, from, part, 0, coordinate);
    BigInteger number = new BigInteger(1, part);
    return number.signum() == 0 || number.compareTo(order) >= 0 ? null : number.toByteArray();
  }
}
