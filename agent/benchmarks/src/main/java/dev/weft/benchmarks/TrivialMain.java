package dev.weft.benchmarks;

/** The smallest program: what an agent costs a JVM that does nothing. */
public final class TrivialMain {

  private TrivialMain() {}

  public static void main(String[] args) {
    System.out.println("hello");
  }
}
