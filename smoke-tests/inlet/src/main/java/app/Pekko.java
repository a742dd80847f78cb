package app;

import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.http.javadsl.Http;
import org.apache.pekko.http.javadsl.model.HttpResponse;

/** {@code Pekko PORT}: answers with the path. */
public final class Pekko {

  private Pekko() {}

  public static void main(String[] args) {
    ActorSystem system = ActorSystem.create("inlet");
    Http.get(system)
        .newServerAt("0.0.0.0", Integer.parseInt(args[0]))
        .bindSync(request -> HttpResponse.create().withEntity(request.getUri().path()))
        .thenAccept(bound -> System.out.println("listening " + args[0]));
  }
}
