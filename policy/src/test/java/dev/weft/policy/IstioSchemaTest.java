package dev.weft.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class IstioSchemaTest {

  @Test
  void theCheckedInSchemaIsWhatIstioModelGives() throws IOException {
    if (Boolean.getBoolean("weft.schema.write")) {
      IstioSchemaGenerator.main(new String[0]);
    }
    String checkedIn =
        Files.exists(IstioSchemaGenerator.FILE)
            ? Files.readString(IstioSchemaGenerator.FILE, StandardCharsets.UTF_8)
            : "";

    assertThat(checkedIn)
        .as(
            "istio-schema.yaml is out of date; make it anew with: mvn -pl policy -am test"
                + " -Dtest=IstioSchemaTest -Dsurefire.failIfNoSpecifiedTests=false"
                + " -Dweft.schema.write=true")
        .isEqualTo(new IstioSchemaGenerator().generate());
  }
}
