package library;

public final class Name {
  public final String text;

  public Name(String text) {
    this.text = text;
  }
}
