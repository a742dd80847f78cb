package dev.weft.tooling;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RelocationTest {

  private final Relocation relocation =
      new Relocation("io.lib.", "com.product.io.lib.", "dev.weft.adapter.");

  @Test
  void namesTheCopysClassesAndTheAdaptersOwnAnew() {
    assertThat(relocation.named("io.lib.Channel")).isEqualTo("com.product.io.lib.Channel");
    assertThat(relocation.named("dev.weft.adapter.Sniffer"))
        .isEqualTo("dev.weft.adapter.in.com.product.io.lib.Sniffer");
    assertThat(relocation.named("java.lang.String")).isEqualTo("java.lang.String");
    assertThat(relocation.named("dev.weft.bootstrap.Mesh")).isEqualTo("dev.weft.bootstrap.Mesh");
  }

  @Test
  void leadsBackToTheClassThatIsRewritten() {
    String renamed = relocation.named("dev.weft.adapter.Sniffer");
    assertThat(relocation.original(renamed)).isEqualTo("dev.weft.adapter.Sniffer");
  }
}
