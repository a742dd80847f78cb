package dev.weft.tooling;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLConnection;
import java.net.URLStreamHandler;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An application's class loader with a copy of the test library of its own. */
final class LibraryLoader extends ClassLoader {

  private final Map<String, byte[]> classFiles = new HashMap<>();

  LibraryLoader() throws IOException {
    super(ClassLoader.getPlatformClassLoader());
    for (String name : new String[] {"Greeter", "Greeter$Hidden", "Greeting", "Name"}) {
      String path = "library/" + name + ".class";
      try (InputStream in = ClassLoader.getSystemResourceAsStream(path)) {
        classFiles.put(path, in.readAllBytes());
      }
    }
  }

  /** Adds a class, or replaces one. */
  LibraryLoader with(String name, byte[] classFile) {
    classFiles.put(name.replace('.', '/') + ".class", classFile);
    return this;
  }

  LibraryLoader without(String name) {
    classFiles.remove(name.replace('.', '/') + ".class");
    return this;
  }

  @Override
  protected Class<?> findClass(String name) throws ClassNotFoundException {
    byte[] classFile = classFiles.get(name.replace('.', '/') + ".class");
    if (classFile == null) {
      throw new ClassNotFoundException(name);
    }
    return defineClass(name, classFile, 0, classFile.length);
  }

  @Override
  protected @Nullable URL findResource(String name) {
    byte[] content = classFiles.get(name);
    if (content == null) {
      return null;
    }
    try {
      return new URL(
          null,
          "memory:" + name,
          new URLStreamHandler() {
            @Override
            protected URLConnection openConnection(URL url) {
              return new URLConnection(url) {
                @Override
                public void connect() {}

                @Override
                public InputStream getInputStream() {
                  return new ByteArrayInputStream(content);
                }
              };
            }
          });
    } catch (MalformedURLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Calls {@code new library.Greeter().greet(new library.Name(text))} in this loader. */
  String greet(String text) throws ReflectiveOperationException {
    Class<?> name = loadClass("library.Name");
    Class<?> greeter = loadClass("library.Greeter");
    return (String)
        greeter
            .getMethod("greet", name)
            .invoke(
                greeter.getConstructor().newInstance(),
                name.getConstructor(String.class).newInstance(text));
  }
}
