package dev.weft.tooling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.instrumentation.Adapter;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is governed must not be reported as ungoverned. */
class HttpLibraryCatalogueTest {

  /** No HTTP library: what is below one, or beside one that has an adapter for its ports. */
  private static final Set<String> OTHERS = Set.of("socket", "servlet-3.0");

  @Test
  void everyAdapterGovernsALibraryOfTheCatalogue() {
    List<HttpLibrary> catalogue = HttpLibrary.catalogue();
    List<String> unknown = new ArrayList<>();
    int adapters = 0;
    for (Adapter adapter : ServiceLoader.load(Adapter.class)) {
      adapters++;
      InstalledAdapter installed = new InstalledAdapter(adapter);
      if (!OTHERS.contains(adapter.name())
          && catalogue.stream().noneMatch(each -> installed.hooks().hasAny(each::hasHooked))) {
        unknown.add(adapter.name());
      }
    }
    assertThat(adapters).isGreaterThan(10);
    assertThat(unknown).as("to be added to agent/tooling's http-libraries.txt").isEmpty();
  }
}
