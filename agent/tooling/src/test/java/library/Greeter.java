package library;

/** A library that an adapter hooks; knows nothing of it. */
public class Greeter implements Greeting {

  private int calls;

  @Override
  public String greet(Name name) {
    calls++;
    return "hello " + name.text;
  }

  public int add(int a, int b) {
    return a + b;
  }

  public String refuse(String text) {
    throw new IllegalStateException(text);
  }

  public int calls() {
    return calls;
  }

  /** Not visible to other packages, as internals of libraries are. */
  static final class Hidden {
    String reveal(Name name) {
      return "hidden " + name.text;
    }
  }

  public static String reveal(Name name) {
    return new Hidden().reveal(name);
  }
}
