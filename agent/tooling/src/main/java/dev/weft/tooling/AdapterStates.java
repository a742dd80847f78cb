package dev.weft.tooling;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** How the installed adapters fare, for people. Thread-safe. */
public final class AdapterStates {

  private final List<AdapterState> states = new CopyOnWriteArrayList<>();

  private final FoundLibraries libraries;

  AdapterStates(FoundLibraries libraries) {
    this.libraries = libraries;
  }

  void add(AdapterState state) {
    states.add(state);
  }

  /**
   * One line per adapter, and one more for each class loader in which it was refused: {@code
   * okhttp-3.0: applied in app (okhttp3.OkHttpClient$Builder)}.
   */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    for (AdapterState state : states) {
      state.addLines(lines);
    }
    return lines;
  }

  /**
   * One line per HTTP library that the JVM has loaded, with an adapter or without, and class
   * loader: {@code client OkHttp 2 (okhttp-2.7.5.jar) in app: NOT governed: no adapter}.
   */
  public List<String> libraries() {
    return libraries.lines();
  }
}
