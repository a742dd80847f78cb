package sample.jetty12;

import dev.weft.testkit.ServerSignals;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Answers what {@link dev.weft.testkit.InboundServer} lists, as far as a handler can. */
public final class SampleHandler extends Handler.Abstract {

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    ServerSignals.give("called");
    String query = request.getHttpURI().getQuery();
    switch (Request.getPathInContext(request)) {
      case "/headers" -> write(response, header(request, query), callback);
      case "/status" -> {
        response.setStatus(Integer.parseInt(query));
        callback.succeeded();
      }
      case "/error" -> Response.writeError(request, response, callback, Integer.parseInt(query));
      case "/throw" -> throw new IllegalStateException("the application's own");
      case "/late" -> late(response, query, callback);
      case "/started" -> {
        // Run when there is something to read: the end.
        request.demand(
            () -> {
              ServerSignals.give("called");
              callback.succeeded();
            });
      }
      case "/redispatch", "/forward", "/include" -> {
        ServerSignals.give("called");
        callback.succeeded();
      }
      case "/stream" -> stream(response, query, callback);
      default -> echo(request, response, callback);
    }
    return true;
  }

  private static void write(Response response, String body, Callback callback) {
    response.write(true, ByteBuffer.wrap(body.getBytes(StandardCharsets.UTF_8)), callback);
  }

  private static String header(Request request, String name) {
    List<String> values = request.getHeaders().getValuesList(name);
    boolean listed =
        request.getHeaders().getFieldNamesCollection().stream().anyMatch(name::equalsIgnoreCase);
    String first = request.getHeaders().get(name);
    if (values.isEmpty()) {
      return listed || first != null ? "differs" : "none";
    }
    return listed && values.get(0).equals(first) ? String.join(",", values) : "differs";
  }

  private static void echo(Request request, Response response, Callback callback)
      throws IOException {
    String body = Content.Source.asString(request, StandardCharsets.UTF_8);
    response.getHeaders().put("X-Sample", "echo");
    write(response, "echo:" + body, callback);
  }

  private static void late(Response response, String name, Callback callback) {
    Thread thread =
        new Thread(
            () -> {
              ServerSignals.await("go-" + name);
              response.setStatus(202);
              write(response, "late", callback);
            });
    thread.setDaemon(true);
    thread.start();
  }

  private static void stream(Response response, String name, Callback callback) throws IOException {
    OutputStream body = Content.Sink.asOutputStream(response);
    try {
      while (!ServerSignals.poll("end-" + name)) {
        if (ServerSignals.poll("line-" + name)) {
          body.write("line\n".getBytes(StandardCharsets.UTF_8));
          body.flush();
        }
        Thread.onSpinWait();
      }
      body.close();
      callback.succeeded();
    } catch (IOException e) {
      ServerSignals.give("broke-" + name);
      throw e;
    }
  }
}
