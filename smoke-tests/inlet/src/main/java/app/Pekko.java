package app;

import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.http.javadsl.Http;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;

/** {@code Pekko PORT}: answers with the path, and with the header that the query names. */
public final class Pekko {

  private Pekko() {}

  public static void main(String[] args) {
    ActorSystem system = ActorSystem.create("inlet");
    Http.get(system)
        .newServerAt("0.0.0.0", Integer.parseInt(args[0]))
        .bindSync(request -> HttpResponse.create().withEntity(answer(request)))
        .thenAccept(bound -> System.out.println("listening " + args[0]));
  }

  private static String answer(HttpRequest request) {
    String path = request.getUri().path();
    return request
        .getUri()
        .rawQueryString()
        .flatMap(request::getHeader)
        .map(header -> path + " " + header.value())
        .orElse(path);
  }
}
