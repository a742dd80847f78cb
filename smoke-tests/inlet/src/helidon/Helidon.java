import io.helidon.webserver.WebServer;

/** {@code Helidon PORT}: answers with the path. It has an adapter. For Java 21, from its source. */
public final class Helidon {

  private Helidon() {}

  public static void main(String[] args) {
    WebServer.builder()
        .port(Integer.parseInt(args[0]))
        .routing(
            routing -> routing.any((request, response) -> response.send(request.path().path())))
        .build()
        .start();
    System.out.println("listening " + args[0]);
  }
}
