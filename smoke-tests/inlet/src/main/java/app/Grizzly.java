package app;

import org.glassfish.grizzly.http.server.HttpHandler;
import org.glassfish.grizzly.http.server.HttpServer;
import org.glassfish.grizzly.http.server.NetworkListener;
import org.glassfish.grizzly.http.server.Request;
import org.glassfish.grizzly.http.server.Response;

/** {@code Grizzly PORT}: answers with the path. */
public final class Grizzly {

  private Grizzly() {}

  public static void main(String[] args) throws Exception {
    HttpServer server = new HttpServer();
    server.addListener(new NetworkListener("all", "0.0.0.0", Integer.parseInt(args[0])));
    server
        .getServerConfiguration()
        .addHttpHandler(
            new HttpHandler() {
              @Override
              public void service(Request request, Response response) throws Exception {
                String path = request.getRequestURI();
                response.setContentLength(path.length());
                response.getWriter().write(path);
              }
            });
    server.start();
    System.out.println("listening " + args[0]);
    Thread.currentThread().join();
  }
}
