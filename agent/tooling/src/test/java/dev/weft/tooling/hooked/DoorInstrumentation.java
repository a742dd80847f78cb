package dev.weft.tooling.hooked;

import static net.bytebuddy.matcher.ElementMatchers.named;

import dev.weft.instrumentation.Adapter;
import dev.weft.instrumentation.Hooks;

/** Hooks one method of {@link library.Door}, as a floor or above it. */
public final class DoorInstrumentation implements Adapter {

  private static final String HERE = "dev.weft.tooling.hooked.";

  private final String method;
  private final boolean floor;

  public DoorInstrumentation(String method, boolean floor) {
    this.method = method;
    this.floor = floor;
  }

  @Override
  public String name() {
    return method + (floor ? " floor" : " above");
  }

  @Override
  public boolean isFloor() {
    return floor;
  }

  @Override
  public void install(Hooks hooks) {
    hooks
        .type("library.Door")
        .advise(named(method), HERE + (floor ? "FloorAdvice" : "AboveAdvice"));
  }
}
