package dev.weft.tooling;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.description.annotation.AnnotationDescription;
import net.bytebuddy.description.method.MethodDescription;
import net.bytebuddy.description.type.TypeDescription;

/**
 * What an advice class must look like; a breach is the adapter author's mistake. Checked where
 * assertions are enabled, which is in every test of an adapter: reading annotations costs the start
 * of an application tens of milliseconds.
 */
final class AdviceRules {

  private AdviceRules() {}

  /**
   * Always true.
   *
   * @throws IllegalStateException naming the adapter, the advice method and what was expected
   */
  static boolean hold(Hook hook, TypeDescription advice) {
    for (MethodDescription.InDefinedShape method : advice.getDeclaredMethods()) {
      check(hook, method, method.getDeclaredAnnotations().ofType(Advice.OnMethodEnter.class));
      check(hook, method, method.getDeclaredAnnotations().ofType(Advice.OnMethodExit.class));
    }
    return true;
  }

  private static void check(
      Hook hook,
      MethodDescription.InDefinedShape method,
      AnnotationDescription.@org.jspecify.annotations.Nullable Loadable<?> annotation) {
    if (annotation == null) {
      return;
    }
    boolean inline = annotation.getValue("inline").resolve(Boolean.class);
    if (inline != hook.inline) {
      throw broken(hook, method, "inline = " + inline, "inline = " + hook.inline);
    }
    // Delegated advice is shielded by the bridge; inlined advice only where it asks for it.
    String suppress = annotation.getValue("suppress").resolve(TypeDescription.class).getName();
    if (hook.inline && !suppress.equals(Throwable.class.getName())) {
      throw broken(hook, method, "suppress = " + suppress, "suppress = Throwable.class");
    }
  }

  private static IllegalStateException broken(
      Hook hook, MethodDescription method, String found, String expected) {
    return new IllegalStateException(
        "adapter "
            + hook.adapter.name()
            + ": "
            + hook.adviceClass
            + "."
            + method.getName()
            + ": "
            + found
            + " (expected: "
            + expected
            + ")");
  }
}
