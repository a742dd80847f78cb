package dev.weft.tooling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.tooling.hooked.GreeterInstrumentation;
import java.net.URL;
import java.security.CodeSource;
import java.security.ProtectionDomain;
import java.security.cert.Certificate;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.bytebuddy.ByteBuddy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class FoundLibrariesTest {

  private final InstalledAdapter adapter = new InstalledAdapter(new GreeterInstrumentation());
  private final ClassLoader loader = new ClassLoader(null) {};

  @Test
  void aLibraryWithoutAnAdapterIsSaidToBeUngovernedOnceItIsLoaded() throws Exception {
    String name = "com.squareup.okhttp.OkHttpClient";
    LibraryLoader application =
        new LibraryLoader()
            .with(name, new ByteBuddy().subclass(Object.class).name(name).make().getBytes());
    String line = "client OkHttp 2 in " + Loaders.describe(application);
    assertThat(Installed.STATES.libraries()).noneMatch(each -> each.startsWith(line));
    application.loadClass(name);
    assertThat(Installed.STATES.libraries()).contains(line + ": NOT governed: no adapter");
  }

  @Test
  void theJdksOwnLibrariesAreFound() throws Exception {
    new URL("http://orders.invalid/").openConnection();
    assertThat(Installed.STATES.libraries())
        .contains("client HttpURLConnection in the JDK: NOT governed: no adapter");
  }

  @Test
  void anAdapterThatIsWovenInGoverns() throws Exception {
    FoundLibraries libraries = libraries("library.");
    libraries.seen(loader, "library/Greeter", null);
    assertThat(libraries.lines())
        .containsExactly(greeter("") + ": not used yet, adapter greeter waits");
    adapter.state().checked(loader, null);
    adapter.state().applied(loader, "library.Greeter");
    assertThat(libraries.lines()).containsExactly(greeter("") + ": governed by greeter");
  }

  @Test
  void anAdapterInTheParentLoaderGoverns() throws Exception {
    FoundLibraries libraries = libraries("library.");
    adapter.state().checked(loader, null);
    adapter.state().applied(loader, "library.Greeter");
    libraries.seen(new ClassLoader(loader) {}, "library/Greeter", null);
    assertThat(libraries.lines()).singleElement().asString().endsWith(": governed by greeter");
  }

  @Test
  void anAdapterThatSteppedAsideIsNamedWithItsReason() throws Exception {
    FoundLibraries libraries = libraries("library.");
    libraries.seen(loader, "library/Greeter", null);
    adapter.state().checked(loader, "there is no library.Name.text");
    assertThat(libraries.lines())
        .containsExactly(
            greeter("")
                + ": NOT governed: adapter greeter stepped aside: there is no library.Name.text");
  }

  @Test
  void anAdapterThatHooksOtherTypesDoesNotGovern() throws Exception {
    FoundLibraries libraries = libraries("library.Greeter$Other");
    libraries.seen(loader, "library/Greeter", null);
    adapter.state().checked(loader, null);
    adapter.state().applied(loader, "library.Greeter");
    assertThat(libraries.lines()).containsExactly(greeter("") + ": NOT governed: no adapter");
  }

  @Test
  void theJarTellsTheVersion() throws Exception {
    FoundLibraries libraries = libraries("library.");
    for (String location :
        List.of("file:/opt/lib/g-1.2.jar", "jar:file:/opt/app.jar!/BOOT-INF/lib/g-1.2.jar!/")) {
      CodeSource source = new CodeSource(new URL(location), (Certificate[]) null);
      libraries.seen(loader, "library/Greeter", new ProtectionDomain(source, null));
      assertThat(libraries.lines()).singleElement().asString().startsWith(greeter(" (g-1.2.jar)"));
    }
  }

  @Test
  void aLibraryGoesWithItsClassLoader() throws Exception {
    FoundLibraries libraries = libraries("library.");
    for (int i = 0; i < 10_000; i++) {
      libraries.seen(new ClassLoader(null) {}, "library/Greeter", null);
    }
    assertThat(libraries.lines()).hasSizeLessThanOrEqualTo(256);
  }

  @Test
  void theCatalogueNamesEachClassOnceAndASideForEach() {
    Set<String> markers = new HashSet<>();
    for (HttpLibrary library : HttpLibrary.catalogue()) {
      assertThat(markers.add(library.marker + ' ' + library.side)).as(library.marker).isTrue();
      assertThat(library.marker).doesNotContain(".").contains("/");
      assertThat(library.side).isIn("client", "server");
      assertThat(library.title).isNotEmpty();
    }
    assertThat(markers).hasSizeGreaterThan(50);
  }

  private String greeter(String jar) {
    return "client Greeter" + jar + " in " + Loaders.describe(loader);
  }

  private FoundLibraries libraries(String hooked) throws Exception {
    return new FoundLibraries(
        List.of(HttpLibrary.parse("client ; Greeter ; library.Greeter ; " + hooked)),
        List.of(adapter));
  }
}
