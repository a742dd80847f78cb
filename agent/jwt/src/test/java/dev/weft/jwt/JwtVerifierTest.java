package dev.weft.jwt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.engine.tokens.InvalidToken;
import dev.weft.engine.tokens.TokenVerifier.Keys;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class JwtVerifierTest {

  private static final String PAYLOAD = "{\"iss\":\"me\",\"sub\":\"you\"}";

  private final JwtVerifier verifier = new JwtVerifier();

  private void verify(String token, String jwks) throws InvalidToken {
    verifier.read(token).verify(verifier.keys(jwks, true));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "HS256",
        "HS384", "HS512", "EdDSA"
      })
  void verifiesEachAlgorithmAndNoChangeToWhatWasSigned(String algorithm) throws Exception {
    Signer signer = Signer.of(algorithm, "k1");
    String token = signer.token(PAYLOAD);
    verify(token, signer.jwks());
    assertThat(verifier.read(token).claims()).containsEntry("sub", "you");

    String[] parts = token.split("\\.");
    String other = Signer.part("{\"iss\":\"me\",\"sub\":\"root\"}");
    assertFails(parts[0] + "." + other + "." + parts[2], signer.jwks(), InvalidToken.VERIFICATION);
    assertFails(parts[0] + "." + parts[1] + ".", signer.jwks(), InvalidToken.VERIFICATION);
    byte[] signature = Base64.getUrlDecoder().decode(parts[2]);
    signature[signature.length / 2] ^= 1;
    assertFails(
        parts[0]
            + "."
            + parts[1]
            + "."
            + Base64.getUrlEncoder().withoutPadding().encodeToString(signature),
        signer.jwks(),
        InvalidToken.VERIFICATION);
    assertFails(
        token,
        Signer.of(algorithm, "k1").jwks().replace("BwcH", "BwcI"),
        InvalidToken.VERIFICATION);
  }

  private void assertFails(String token, String jwks, String reason) {
    assertThatThrownBy(() -> verify(token, jwks))
        .isInstanceOf(InvalidToken.class)
        .hasMessage(reason);
  }

  @Test
  void aPublicKeyIsNeverASecret() throws Exception {
    Signer rsa = Signer.of("RS256", "k1");
    String signed = Signer.part("{\"alg\":\"HS256\",\"kid\":\"k1\"}") + "." + Signer.part(PAYLOAD);
    String pem =
        "-----BEGIN PUBLIC KEY-----\n"
            + Base64.getMimeEncoder(64, new byte[] {'\n'})
                .encodeToString(rsa.publicKey().getEncoded())
            + "\n-----END PUBLIC KEY-----\n";
    for (byte[] secret :
        List.of(rsa.publicKey().getEncoded(), pem.getBytes(StandardCharsets.US_ASCII))) {
      byte[] mac = Signer.hmac(secret, "256", signed.getBytes(StandardCharsets.US_ASCII));
      assertFails(
          signed + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(mac),
          rsa.jwks(),
          "Jwks doesn't have key to match kid or alg from Jwt");
    }
  }

  @Test
  void takesNoUnsignedToken() {
    for (String algorithm : List.of("none", "None", "RS1", "", "HS257", "ESxyz")) {
      String token =
          Signer.part("{\"alg\":\"" + algorithm + "\"}") + "." + Signer.part(PAYLOAD) + ".";
      assertThatThrownBy(() -> verifier.read(token))
          .hasMessage("Jwt header [alg] is not supported");
    }
  }

  @Test
  void takesNoSignatureOfZeros() throws Exception {
    Signer signer = Signer.of("ES256", "k1");
    String[] parts = signer.token(PAYLOAD).split("\\.");
    String zeros = Base64.getUrlEncoder().withoutPadding().encodeToString(new byte[64]);
    assertFails(parts[0] + "." + parts[1] + "." + zeros, signer.jwks(), InvalidToken.VERIFICATION);
  }

  @Test
  void saysWhatIsWrongInEnvoysWords() {
    String header = Signer.part("{\"alg\":\"RS256\"}");
    String payload = Signer.part(PAYLOAD);
    assertReason("a.b", InvalidToken.FORM);
    assertReason("a.b.c.d", InvalidToken.FORM);
    assertReason("!." + payload + ".c", "Jwt header is an invalid Base64url encoded");
    assertReason(Signer.part("[]") + "." + payload + ".c", "Jwt header is an invalid JSON");
    assertReason(
        Signer.part("{}") + "." + payload + ".c",
        "Jwt header [alg] field is required and must be a string");
    assertReason(
        Signer.part("{\"alg\":\"RS256\",\"kid\":1}") + "." + payload + ".c",
        "Jwt header [kid] field is not a string");
    assertReason(header + ".a=." + "c", "Jwt payload is an invalid Base64url encoded");
    assertReason(header + "." + Signer.part("{") + ".c", "Jwt payload is an invalid JSON");
    assertReason(
        header + "." + Signer.part("{\"a\":" + "[".repeat(5_000) + "]".repeat(5_000) + "}") + ".c",
        "Jwt payload is an invalid JSON");
    assertReason(header + "." + payload + ".*", "Jwt signature is an invalid Base64url encoded");
    assertReason(
        Signer.part("{\"alg\":\"RS256\",\"crit\":[\"b64\"]}") + "." + payload + ".c",
        InvalidToken.VERIFICATION);
  }

  private void assertReason(String token, String reason) {
    assertThatThrownBy(() -> verifier.read(token))
        .isInstanceOf(InvalidToken.class)
        .hasMessage(reason);
  }

  @Test
  void choosesTheKeyByItsId() throws Exception {
    Signer one = Signer.of("ES256", "one");
    Signer two = Signer.of("ES256", "two");
    String both = "{\"keys\":[" + one.jwk + "," + two.jwk + "]}";
    verify(two.token(PAYLOAD), both);
    verify(two.token("{\"alg\":\"ES256\"}", PAYLOAD), both);
    assertFails(
        two.token("{\"alg\":\"ES256\",\"kid\":\"three\"}", PAYLOAD),
        both,
        "Jwks doesn't have key to match kid or alg from Jwt");
    assertFails(
        two.token("{\"alg\":\"ES256\",\"kid\":\"one\"}", PAYLOAD), both, InvalidToken.VERIFICATION);
  }

  @Test
  void leavesOutKeysThatCannotBeUsed() throws GeneralSecurityException {
    Signer good = Signer.of("ES256", "good");
    String bad =
        "{\"kty\":\"RSA\",\"n\":\"AQAB\",\"e\":\"AQAB\"},{\"kty\":\"DSA\"},"
            + "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AQ\",\"y\":\"AQ\"},"
            + good.jwk.replace("\"kty\"", "\"use\":\"enc\",\"kty\"");
    Keys keys = verifier.keys("{\"keys\":[" + bad + "," + good.jwk + "]}", true);
    assertThat(keys).isNotNull();
    assertThatThrownBy(() -> verifier.keys("{\"keys\":[" + bad + "]}", true))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("n: 17 bits (expected: 2048 or more)")
        .hasMessageContaining("kty: DSA")
        .hasMessageContaining("no point of P-256")
        .hasMessageContaining("not for signatures");
    for (String jwks : List.of("", "{}", "[]", "{\"keys\":{}}", "{\"keys\":[1]}")) {
      assertThatThrownBy(() -> verifier.keys(jwks, true))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void takesSecretsOnlyFromThePolicyItself() throws Exception {
    Signer secret = Signer.of("HS256", "k1");
    assertThatThrownBy(() -> verifier.keys(secret.jwks(), false))
        .isInstanceOf(IllegalArgumentException.class);
    verify(secret.token(PAYLOAD), secret.jwks());
    assertFails(
        secret.token(PAYLOAD),
        "{\"keys\":[{\"kty\":\"oct\",\"k\":\"AAAA\"}]}",
        InvalidToken.VERIFICATION);
  }
}
