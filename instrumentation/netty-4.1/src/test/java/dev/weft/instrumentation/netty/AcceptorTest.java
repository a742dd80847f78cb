package dev.weft.instrumentation.netty;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class AcceptorTest {

  @Test
  void aPartWithAnOptionalLibraryThatIsNotThereDoesNotHideTheOthers() throws Exception {
    ChannelHandler part =
        (ChannelHandler)
            new WithoutOptional()
                .loadClass(Part.class.getName())
                .getDeclaredConstructor()
                .newInstance();
    assertThatThrownBy(() -> part.getClass().getDeclaredFields())
        .isInstanceOf(NoClassDefFoundError.class);
    Acceptor acceptor = new Acceptor();
    acceptor.look(new Outer(part, new HttpServerInitializer()));
    assertThat(acceptor.protocol()).isEqualTo("http");
  }

  /** What accepts: it hands connections on to others. */
  static final class Outer extends ChannelInboundHandlerAdapter {
    @SuppressWarnings("unused") // Read by reflection.
    private final ChannelHandler first;

    @SuppressWarnings("unused") // Read by reflection.
    private final ChannelHandler second;

    Outer(ChannelHandler first, ChannelHandler second) {
      this.first = first;
      this.second = second;
    }
  }

  static final class HttpServerInitializer extends ChannelInboundHandlerAdapter {}

  /** As Micronaut's listener has a context of QUIC. */
  public static final class Part extends ChannelInboundHandlerAdapter {
    @Nullable Optional optional;

    public Part() {}
  }

  static final class Optional {}

  private static final class WithoutOptional extends ClassLoader {
    WithoutOptional() {
      super(AcceptorTest.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (name.equals(Optional.class.getName())) {
        throw new ClassNotFoundException(name);
      }
      if (!name.equals(Part.class.getName())) {
        return super.loadClass(name, resolve);
      }
      Class<?> loaded = findLoadedClass(name);
      if (loaded != null) {
        return loaded;
      }
      String file = name.replace('.', '/') + ".class";
      try (InputStream in = requireNonNull(getParent().getResourceAsStream(file))) {
        byte[] classFile = in.readAllBytes();
        return defineClass(name, classFile, 0, classFile.length);
      } catch (IOException e) {
        throw new ClassNotFoundException(name, e);
      }
    }
  }
}
