package app;

import io.micronaut.runtime.Micronaut;

/** Micronaut, as its own documentation begins. */
public final class App {

  private App() {}

  public static void main(String[] args) {
    Micronaut.run(App.class, args);
  }
}
