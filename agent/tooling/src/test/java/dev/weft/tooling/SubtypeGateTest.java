package dev.weft.tooling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.instrumentation.Adapter;
import dev.weft.instrumentation.Hooks;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.util.ArrayList;
import java.util.List;
import library.Greeting;
import library.Name;
import net.bytebuddy.matcher.ElementMatchers;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SubtypeGateTest {

  private final List<String> asked = new ArrayList<>();

  private final ClassLoader loader =
      new ClassLoader(SubtypeGateTest.class.getClassLoader()) {
        @Override
        public @Nullable URL getResource(String name) {
          asked.add(name);
          return super.getResource(name);
        }
      };

  private static SubtypeGate gate(String superType, @Nullable String mentioned) {
    Adapter adapter =
        new Adapter() {
          @Override
          public String name() {
            return "gated";
          }

          @Override
          public void install(Hooks hooks) {
            Hooks.TypeHook hook =
                mentioned == null
                    ? hooks.subtypesOf(superType)
                    : hooks.subtypesOf(superType, mentioned);
            hook.advise(ElementMatchers.any(), "none");
          }
        };
    return new SubtypeGate(new InstalledAdapter(adapter).hooks().bySuperType());
  }

  private static byte[] classFile(Class<?> type) throws IOException {
    try (InputStream in =
        SubtypeGateTest.class
            .getClassLoader()
            .getResourceAsStream(type.getName().replace('.', '/') + ".class")) {
      return in.readAllBytes();
    }
  }

  private boolean mayHook(SubtypeGate gate, Class<?> type) throws IOException {
    return gate.mayHook(loader, type.getName().replace('.', '/'), classFile(type));
  }

  @Test
  void aClassThatDeclaresNoSuchMethodCostsTheLoaderNothing() throws Exception {
    assertThat(mayHook(gate("library.Greeting", "library.Name"), Mute.class)).isFalse();
    assertThat(asked).isEmpty();
  }

  @Test
  void aClassThatDeclaresTheMethodIsFound() throws Exception {
    SubtypeGate gate = gate("library.Greeting", "library.Name");
    assertThat(mayHook(gate, Loud.class)).isTrue();
    String name = Loud.class.getName().replace('.', '/');
    assertThat(gate.hooks(loader, name, classFile(Loud.class))).hasSize(1);
    assertThat(asked).containsOnlyOnce("library/Greeting.class");
  }

  @Test
  void withoutAMentionEveryClassIsLookedAt() throws Exception {
    assertThat(mayHook(gate("library.Greeting", null), Mute.class)).isTrue();
  }

  @Test
  void aLoaderThatDoesNotKnowTheSuperTypeIsAskedOnce() throws Exception {
    SubtypeGate gate = gate("library.Absent", "library.Name");
    assertThat(mayHook(gate, Loud.class)).isFalse();
    assertThat(mayHook(gate, Loud.class)).isFalse();
    assertThat(asked).containsExactly("library/Absent.class");
  }

  private static final class Mute {
    @Override
    public String toString() {
      return "mute";
    }
  }

  private static final class Loud implements Greeting {
    @Override
    public String greet(Name name) {
      return "LOUD";
    }
  }
}
