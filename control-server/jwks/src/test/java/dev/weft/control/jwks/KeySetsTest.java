package dev.weft.control.jwks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.OctetSequenceKeyGenerator;
import java.text.ParseException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class KeySetsTest {

  @Test
  void privateAndSymmetricPartsAreDropped() throws Exception {
    ECKey key = new ECKeyGenerator(Curve.P_256).keyID("a").generate();
    OctetSequenceKey secret = new OctetSequenceKeyGenerator(256).keyID("b").generate();
    ECKey encrypts =
        new ECKeyGenerator(Curve.P_256).keyID("c").keyUse(KeyUse.ENCRYPTION).generate();
    String all = new JWKSet(List.of(key, secret, encrypts)).toString(false);
    assertThat(all).contains("\"d\"").contains(secret.getKeyValue().toString());

    JWKSet taken = JWKSet.parse(KeySets.publicKeys(all));

    assertThat(taken.getKeys()).extracting(JWK::getKeyID).containsExactly("a");
    assertThat(taken.getKeys().get(0).isPrivate()).isFalse();
    assertThat(KeySets.publicKeys(all)).doesNotContain("\"d\"");
  }

  @Test
  void keyThatIsNotUnderstoodSpoilsNoOther() throws Exception {
    String good = publicKey("a");
    String taken =
        KeySets.publicKeys(
            "{\"keys\":[{\"kty\":\"NEW\"},{\"kty\":\"RSA\",\"n\":\"%\"},7," + good + "]}");
    assertThat(JWKSet.parse(taken).getKeys()).extracting(JWK::getKeyID).containsExactly("a");
  }

  @Test
  void whatIsNoKeySetIsNotTaken() {
    for (String wrong :
        List.of("", "<html>", "[]", "{}", "{\"keys\":{}}", "{\"keys\":[]}", "{\"keys\":[{}]}")) {
      assertThatThrownBy(() -> KeySets.publicKeys(wrong))
          .as(wrong)
          .isInstanceOf(ParseException.class)
          .hasMessageContaining("expected: ");
    }
  }

  @Test
  void keysInAPolicyAreHeldToMore() throws Exception {
    KeySets check = new KeySets();
    ECKey key = new ECKeyGenerator(Curve.P_256).keyID("a").generate();
    OctetSequenceKey secret = new OctetSequenceKeyGenerator(256).generate();

    assertThat(check.problems("{\"keys\":[" + key.toPublicJWK().toJSONString() + "]}")).isEmpty();
    assertThat(
            check.problems(
                "{\"keys\":["
                    + key.toJSONString()
                    + ","
                    + secret.toJSONString()
                    + ",{\"kty\":\"RSA\"}]}"))
        .satisfiesExactly(
            one -> assertThat(one).startsWith("keys[0]: a private key (expected:"),
            two -> assertThat(two).startsWith("keys[1]: a symmetric key (expected:"),
            three -> assertThat(three).startsWith("keys[2]: ").contains("JSON Web Key)"));
    assertThat(check.problems("{\"keys\":[]}")).singleElement().asString().contains("empty");
    assertThat(check.problems("keys")).singleElement().asString().contains("not a JSON object");
  }

  static String publicKey(String id) throws Exception {
    return new ECKeyGenerator(Curve.P_256).keyID(id).generate().toPublicJWK().toJSONString();
  }
}
