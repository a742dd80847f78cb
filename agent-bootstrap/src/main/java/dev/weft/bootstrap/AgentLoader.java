package dev.weft.bootstrap;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.MalformedURLException;
import java.net.URL;
import java.security.CodeSource;
import java.security.ProtectionDomain;
import java.security.cert.Certificate;
import java.util.Collections;
import java.util.Enumeration;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.jspecify.annotations.Nullable;

/**
 * Loads the agent's own classes from the prefix {@code inst/} of its jar, where no other class
 * loader looks. Sees the JDK and the waist, never the application.
 */
final class AgentLoader extends ClassLoader {

  static {
    registerAsParallelCapable();
  }

  private static final String PREFIX = "inst/";

  private final JarFile jar;
  private final String url;
  private final ProtectionDomain domain;

  AgentLoader(File file) throws IOException {
    super(platformLoader());
    this.jar = new JarFile(file, false);
    URL location = file.toURI().toURL();
    this.url = "jar:" + location + "!/" + PREFIX;
    this.domain =
        new ProtectionDomain(new CodeSource(location, (Certificate[]) null), null, this, null);
  }

  @Override
  protected Class<?> findClass(String name) throws ClassNotFoundException {
    byte[] classFile;
    try {
      classFile = read(name.replace('.', '/') + ".class");
    } catch (IOException e) {
      throw new ClassNotFoundException(name, e);
    }
    if (classFile == null) {
      throw new ClassNotFoundException(name);
    }
    definePackageOf(name);
    return defineClass(name, classFile, 0, classFile.length, domain);
  }

  @Override
  protected @Nullable URL findResource(String name) {
    if (jar.getJarEntry(PREFIX + name) == null) {
      return null;
    }
    try {
      return new URL(url + name);
    } catch (MalformedURLException e) {
      return null;
    }
  }

  @Override
  protected Enumeration<URL> findResources(String name) {
    URL found = findResource(name);
    return found == null
        ? Collections.<URL>emptyEnumeration()
        : Collections.enumeration(Collections.singletonList(found));
  }

  /**
   * Without the JDK's URL machinery, which costs a multiple of the read. Finds the class files of
   * the waist, too: the boot loader does not show those of a jar that was added to it.
   */
  @Override
  public @Nullable InputStream getResourceAsStream(String name) {
    JarEntry entry = jar.getJarEntry(PREFIX + name);
    if (entry == null && name.startsWith("dev/weft/")) {
      entry = jar.getJarEntry(name);
    }
    if (entry == null) {
      return super.getResourceAsStream(name);
    }
    try {
      return jar.getInputStream(entry);
    } catch (IOException e) {
      return null;
    }
  }

  private byte @Nullable [] read(String name) throws IOException {
    JarEntry entry = jar.getJarEntry(PREFIX + name);
    if (entry == null) {
      return null;
    }
    try (InputStream in = jar.getInputStream(entry)) {
      ByteArrayOutputStream out = new ByteArrayOutputStream(Math.max(512, (int) entry.getSize()));
      byte[] buffer = new byte[8192];
      int count;
      while ((count = in.read(buffer)) >= 0) {
        out.write(buffer, 0, count);
      }
      return out.toByteArray();
    }
  }

  private void definePackageOf(String name) {
    int dot = name.lastIndexOf('.');
    if (dot < 0 || getPackage(name.substring(0, dot)) != null) {
      return;
    }
    try {
      definePackage(name.substring(0, dot), null, null, null, null, null, null, null);
    } catch (IllegalArgumentException e) {
      // Another thread was faster.
    }
  }

  private static @Nullable ClassLoader platformLoader() {
    ClassLoader system = ClassLoader.getSystemClassLoader();
    ClassLoader parent = system.getParent();
    // Java 8: the extension loader, in which people put jars; the boot loader alone is ours.
    return System.getProperty("java.specification.version", "").startsWith("1.") ? null : parent;
  }
}
