package library;

import java.util.List;

/** Two doors of one kind. */
public final class Door {

  private Door() {}

  public static void first(List<String> asked) {
    asked.add("opened");
  }

  public static void second(List<String> asked) {
    asked.add("opened");
  }
}
