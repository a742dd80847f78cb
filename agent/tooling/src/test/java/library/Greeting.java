package library;

public interface Greeting {
  String greet(Name name);
}
