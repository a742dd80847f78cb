package dev.weft.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 20, unit = TimeUnit.SECONDS)
class EndpointTest {

  private static Endpoint endpoint(String peerHost, int last, int port, boolean mutualTls) {
    return new Endpoint(peerHost, new byte[] {10, 0, 0, (byte) last}, port, mutualTls);
  }

  @Test
  void isEqualByNameAddressAndPort() {
    Endpoint one = endpoint("a.weft", 1, 80, false);
    assertThat(one).isEqualTo(endpoint("a.weft", 1, 80, false));
    assertThat(one).hasSameHashCodeAs(endpoint("a.weft", 1, 80, false));
    assertThat(one).isNotEqualTo(endpoint("b.weft", 1, 80, false));
    assertThat(one).isNotEqualTo(endpoint("a.weft", 2, 80, false));
    assertThat(one).isNotEqualTo(endpoint("a.weft", 1, 81, false));
    assertThat(one).isNotEqualTo(endpoint("a.tls.weft", 1, 80, true));
  }

  @Test
  void wantsTheNameToTellTheTransport() {
    assertThatThrownBy(() -> endpoint("a.weft", 1, 80, true))
        .hasMessage("peerHost: a.weft (expected: a name in .tls.weft)");
    assertThatThrownBy(() -> endpoint("a.tls.weft", 1, 80, false)).hasMessageContaining("not");
    assertThatThrownBy(() -> endpoint("a.example", 1, 80, false)).hasMessageContaining("a.example");
  }
}
