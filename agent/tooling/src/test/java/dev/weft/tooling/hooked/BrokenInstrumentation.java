package dev.weft.tooling.hooked;

import static net.bytebuddy.matcher.ElementMatchers.named;

import dev.weft.instrumentation.Adapter;
import dev.weft.instrumentation.Hooks;

/** Declares advice as inlined that is not. */
public final class BrokenInstrumentation implements Adapter {

  @Override
  public String name() {
    return "broken";
  }

  @Override
  public void install(Hooks hooks) {
    hooks.type("library.Greeter").inline(named("add"), "dev.weft.tooling.hooked.FailingAdvice");
  }
}
