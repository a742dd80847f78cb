package dev.weft.tooling;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import net.bytebuddy.dynamic.ClassFileLocator;
import net.bytebuddy.jar.asm.Opcodes;
import org.jspecify.annotations.Nullable;

/**
 * Compares what an adapter uses with what one class loader has, from class files only: no class of
 * the application is loaded. Used by one thread.
 */
final class ReferenceCheck {

  private final ClassFileLocator library;
  private final Map<String, @Nullable ClassShape> shapes = new HashMap<>();

  ReferenceCheck(@Nullable ClassLoader loader) {
    this.library = Locators.of(loader);
  }

  /** Whether the loader has the class at all. */
  boolean has(String internalName) {
    return shape(internalName) != null;
  }

  /** What is missing, for people; null when the reference can be linked. */
  @Nullable String mismatch(Reference reference) {
    ClassShape owner = shape(reference.type);
    if (owner == null) {
      return "there is no class " + reference.type.replace('/', '.');
    }
    if (reference.memberKey == null) {
      return null;
    }
    if ((reference.owner == Reference.Owner.INTERFACE && !owner.isInterface())
        || (reference.owner == Reference.Owner.CLASS && owner.isInterface())) {
      String kind = owner.isInterface() ? "an interface" : "a class";
      return reference.type.replace('/', '.') + " is " + kind + " (used: " + reference + ")";
    }
    Search search = new Search(reference.memberKey);
    search.in(owner);
    if (search.access == null) {
      return search.complete ? "there is no " + reference : null;
    }
    boolean isStatic = (search.access & Opcodes.ACC_STATIC) != 0;
    if (isStatic != reference.isStatic) {
      return reference + " is " + (isStatic ? "static" : "not static");
    }
    return null;
  }

  private @Nullable ClassShape shape(String internalName) {
    if (shapes.containsKey(internalName)) {
      return shapes.get(internalName);
    }
    ClassShape shape = null;
    try {
      ClassFileLocator.Resolution found = library.locate(internalName.replace('/', '.'));
      shape = found.isResolved() ? ClassShape.withMembers(found.resolve()) : null;
    } catch (IOException | IllegalArgumentException e) {
      // Unreadable counts as absent: the adapter is refused rather than half linked.
    }
    shapes.put(internalName, shape);
    return shape;
  }

  /** Looks for a member up the hierarchy. */
  private final class Search {
    private final String key;
    @Nullable Integer access;

    /** False when a super type is not there: the member may be in it. */
    boolean complete = true;

    Search(String key) {
      this.key = key;
    }

    void in(@Nullable ClassShape type) {
      if (type == null) {
        complete = false;
        return;
      }
      access = type.member(key);
      if (access == null && type.superName != null) {
        in(shape(type.superName));
      }
      for (int i = 0; access == null && i < type.interfaces.length; i++) {
        in(shape(type.interfaces[i]));
      }
    }
  }
}
