package dev.weft.tooling.hooked;

import static net.bytebuddy.matcher.ElementMatchers.named;

import dev.weft.instrumentation.Adapter;
import dev.weft.instrumentation.Hooks;

/** Hooks the library of this test. */
public final class GreeterInstrumentation implements Adapter {

  private static final String HERE = "dev.weft.tooling.hooked.";

  @Override
  public String name() {
    return "greeter";
  }

  @Override
  public void install(Hooks hooks) {
    hooks
        .type("library.Greeter")
        .advise(named("greet"), HERE + "ReplaceAdvice")
        .advise(named("add"), HERE + "FailingAdvice")
        .advise(named("refuse"), HERE + "RescueAdvice");
    hooks.type("library.Greeter$Hidden").advise(named("reveal"), HERE + "ReplaceAdvice");
    hooks
        .subtypesOf("library.Greeting", "library.Name")
        .advise(named("greet"), HERE + "LoudAdvice");
    hooks.type("java.util.Currency").inline(named("getDisplayName"), HERE + "InlineAdvice");
  }
}
