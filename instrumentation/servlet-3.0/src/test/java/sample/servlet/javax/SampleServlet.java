package sample.servlet.javax;

import dev.weft.testkit.ServerSignals;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import javax.servlet.AsyncContext;
import javax.servlet.ServletException;
import javax.servlet.ServletOutputStream;
import javax.servlet.http.HttpServlet;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;

/** Answers what {@link dev.weft.testkit.InboundServer} lists. */
final class SampleServlet extends HttpServlet {

  private static final long serialVersionUID = 1L;

  @Override
  protected void service(HttpServletRequest request, HttpServletResponse response)
      throws ServletException, IOException {
    ServerSignals.give("called");
    String query = request.getQueryString();
    // The path of the dispatch, which is not that of the request.
    String path = request.getPathInfo();
    Object included = request.getAttribute("javax.servlet.include.path_info");
    switch (included == null ? path : (String) included) {
      case "/headers" -> response.getOutputStream().print(header(request, query));
      case "/status" -> response.setStatus(Integer.parseInt(query));
      case "/error" -> response.sendError(Integer.parseInt(query));
      case "/throw" -> throw new IllegalStateException("the application's own");
      case "/late" -> late(request.startAsync(), query);
      case "/started" -> started(request.startAsync());
      case "/redispatch" -> request.startAsync().dispatch("/echo");
      case "/timeout" -> request.startAsync().setTimeout(200);
      case "/stream" -> stream(response, query);
      case "/forward" -> request.getRequestDispatcher("/echo").forward(request, response);
      case "/include" -> request.getRequestDispatcher("/echo").include(request, response);
      default -> echo(request, response);
    }
  }

  /** Asks in every way that there is. */
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
    InputStream in = request.getInputStream();
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.write("echo:".getBytes(StandardCharsets.UTF_8));
    in.transferTo(body);
    response.setHeader("X-Sample", "echo");
    response.getOutputStream().write(body.toByteArray());
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
    } catch (IOException | RuntimeException e) {
      // Undertow has both for a connection that is gone.
      ServerSignals.give("broke-" + name);
      throw e;
    }
  }
}
