package sample.jetty;

import dev.weft.testkit.ServerSignals;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import javax.servlet.AsyncContext;
import javax.servlet.ServletOutputStream;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.handler.AbstractHandler;

/** Answers what {@link dev.weft.testkit.InboundServer} lists, as far as a handler can. */
public final class SampleHandler extends AbstractHandler {

  @Override
  public void handle(
      String target, Request base, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    base.setHandled(true);
    ServerSignals.give("called");
    String query = request.getQueryString();
    switch (target) {
      case "/headers" -> response.getOutputStream().print(header(request, query));
      case "/status" -> response.setStatus(Integer.parseInt(query));
      case "/error" -> response.sendError(Integer.parseInt(query));
      case "/throw" -> throw new IllegalStateException("the application's own");
      case "/late" -> late(request.startAsync(), query);
      case "/started" -> started(request.startAsync());
      case "/redispatch" -> redispatch(request);
      case "/timeout" -> request.startAsync().setTimeout(200);
      case "/stream" -> stream(response, query);
      case "/forward", "/include" -> handle("/echo", base, request, response);
      default -> echo(request, response);
    }
  }

  private static String header(HttpServletRequest request, String name) {
    List<String> values = Collections.list(request.getHeaders(name));
    boolean listed =
        Collections.list(request.getHeaderNames()).stream().anyMatch(name::equalsIgnoreCase);
    String first = request.getHeader(name);
    if (values.isEmpty()) {
      return listed || first != null ? "differs" : "none";
    }
    return listed && values.get(0).equals(first) ? String.join(",", values) : "differs";
  }

  private static void echo(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.write("echo:".getBytes(StandardCharsets.UTF_8));
    request.getInputStream().transferTo(body);
    response.setHeader("X-Sample", "echo");
    response.getOutputStream().write(body.toByteArray());
  }

  /** To itself: there is no other path without a servlet context. */
  private static void redispatch(HttpServletRequest request) {
    if (request.getAttribute("again") == null) {
      request.setAttribute("again", true);
      request.startAsync().dispatch();
    }
  }

  private static void late(AsyncContext context, String name) {
    Thread thread =
        new Thread(
            () -> {
              ServerSignals.await("go-" + name);
              ((HttpServletResponse) context.getResponse()).setStatus(202);
              try {
                context.getResponse().getOutputStream().print("late");
              } catch (IOException e) {
                ServerSignals.give("broke-" + name);
              }
              context.complete();
            });
    thread.setDaemon(true);
    thread.start();
  }

  private static void started(AsyncContext context) {
    context.start(
        () -> {
          ServerSignals.give("called");
          context.complete();
        });
  }

  private static void stream(HttpServletResponse response, String name) throws IOException {
    ServletOutputStream body = response.getOutputStream();
    try {
      while (!ServerSignals.poll("end-" + name)) {
        if (ServerSignals.poll("line-" + name)) {
          body.print("line\n");
          body.flush();
        }
        Thread.onSpinWait();
      }
    } catch (IOException e) {
      ServerSignals.give("broke-" + name);
      throw e;
    }
  }
}
