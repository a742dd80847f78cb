package dev.weft.tooling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.instrumentation.Adapter;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What is governed must not be reported as ungoverned. */
class HttpLibraryCatalogueTest {

  /** No HTTP library: what is below one, beside or above one that has an adapter of its own. */
  private static final Pattern OTHERS =
      Pattern.compile(
          "executors|inlet|socket( channel guard)?|servlet-3.0|spring-cloud-loadbalancer-2.2( for .*)?");

  @Test
  void everyAdapterGovernsALibraryOfTheCatalogue() {
    List<HttpLibrary> catalogue = HttpLibrary.catalogue();
    List<String> unknown = new ArrayList<>();
    int adapters = 0;
    for (Adapter adapter : ServiceLoader.load(Adapter.class)) {
      adapters++;
      InstalledAdapter installed = new InstalledAdapter(adapter);
      if (!OTHERS.matcher(adapter.name()).matches()
          && catalogue.stream().noneMatch(each -> installed.hooks().hasAny(each::hasHooked))) {
        unknown.add(adapter.name());
      }
    }
    assertThat(adapters).isGreaterThan(10);
    assertThat(unknown).as("to be added to agent/tooling's http-libraries.txt").isEmpty();
  }
}
