package probe;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.UnsupportedEncodingException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/**
 * {@code java -jar probe.jar NAME [PORT]}: answers, fails and is slow on demand, and calls others
 * on demand. Prints {@code listening PORT} when it is ready.
 *
 * <pre>
 * /hello            NAME, or 500 after /fail?on=true
 * /status?code=503  that status
 * /slow?ms=500      NAME after a while
 * /flaky?id=&amp;times=  503 the first so many times, with NAME and how often it was asked with that id
 * /echo             NAME and the body
 * /headers          the request's headers, one a line
 * /call?client=&amp;url=&amp;method=&amp;body=&amp;header=name:value
 * /load?...&amp;count=  as /call, many times: how often each answer came
 * </pre>
 */
public final class Probe {

  private final String name;
  private final Clients clients = new Clients();
  private final Map<String, Integer> asked = new ConcurrentHashMap<>();
  private volatile boolean failing;

  private Probe(String name) {
    this.name = name;
  }

  public static void main(String[] args) throws Exception {
    Probe probe = new Probe(args[0]);
    int port = args.length > 1 ? Integer.parseInt(args[1]) : 0;
    HttpServer server = create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    server.createContext("/", probe::handle);
    server.setExecutor(Executors.newCachedThreadPool());
    server.start();
    System.out.println("listening " + server.getAddress().getPort());
  }

  /** With {@code -Dprobe.tls=true} it speaks TLS by itself, as {@code javax.net.ssl.*} say. */
  private static HttpServer create(InetSocketAddress address) throws Exception {
    if (!Boolean.getBoolean("probe.tls")) {
      return HttpServer.create(address, 256);
    }
    HttpsServer server = HttpsServer.create(address, 256);
    SSLContext context = SSLContext.getDefault();
    server.setHttpsConfigurator(
        new HttpsConfigurator(context) {
          @Override
          public void configure(HttpsParameters parameters) {
            SSLParameters tls = context.getDefaultSSLParameters();
            tls.setNeedClientAuth(true);
            parameters.setSSLParameters(tls);
          }
        });
    return server;
  }

  private void handle(HttpExchange exchange) throws IOException {
    int status = 200;
    String answer;
    try {
      Map<String, String> query = query(exchange.getRequestURI().getRawQuery());
      String body = Clients.read(exchange.getRequestBody());
      switch (exchange.getRequestURI().getPath()) {
        case "/status":
          status = Integer.parseInt(query.get("code"));
          answer = name;
          break;
        case "/fail":
          failing = Boolean.parseBoolean(query.get("on"));
          answer = name + " failing: " + failing;
          break;
        case "/slow":
          Thread.sleep(Long.parseLong(query.get("ms")));
          answer = name;
          break;
        case "/flaky":
          int count = asked.merge(query.get("id"), 1, Integer::sum);
          status = count <= Integer.parseInt(query.get("times")) ? 503 : 200;
          answer = name + " " + count;
          break;
        case "/echo":
          answer = name + " " + body;
          break;
        case "/headers":
          answer = headers(exchange);
          break;
        case "/call":
          answer = call(query);
          break;
        case "/load":
          answer = load(query);
          break;
        default:
          status = failing ? 500 : 200;
          answer = name;
      }
    } catch (Exception e) {
      status = 500;
      answer = "probe: " + e;
    }
    byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
    boolean head = exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(status, head ? -1 : bytes.length == 0 ? -1 : bytes.length);
    if (!head) {
      exchange.getResponseBody().write(bytes);
    }
    exchange.close();
  }

  private String call(Map<String, String> query) {
    Map<String, String> headers = new LinkedHashMap<>();
    String header = query.get("header");
    if (header != null) {
      int colon = header.indexOf(':');
      headers.put(header.substring(0, colon), header.substring(colon + 1));
    }
    String method = query.containsKey("method") ? query.get("method") : "GET";
    String body = query.containsKey("body") ? query.get("body") : "";
    try {
      return clients
          .named(query.get("client"))
          .send(method, query.get("url"), headers, body.getBytes(StandardCharsets.UTF_8));
    } catch (Exception e) {
      return "exception " + e;
    }
  }

  private String load(Map<String, String> query) {
    Map<String, Integer> answers = new TreeMap<>();
    int count = Integer.parseInt(query.get("count"));
    for (int i = 0; i < count; i++) {
      answers.merge(call(query), 1, Integer::sum);
    }
    StringBuilder text = new StringBuilder();
    answers.forEach((answer, n) -> text.append(n).append(' ').append(answer).append('\n'));
    return text.toString();
  }

  private static String headers(HttpExchange exchange) {
    StringBuilder text = new StringBuilder();
    text.append("path: ").append(exchange.getRequestURI()).append('\n');
    exchange
        .getRequestHeaders()
        .forEach(
            (header, values) ->
                text.append(header.toLowerCase(java.util.Locale.ROOT))
                    .append(": ")
                    .append(String.join(",", values))
                    .append('\n'));
    return text.toString();
  }

  private static Map<String, String> query(String raw) throws UnsupportedEncodingException {
    Map<String, String> query = new LinkedHashMap<>();
    if (raw != null) {
      for (String pair : raw.split("&")) {
        int equals = pair.indexOf('=');
        query.put(
            pair.substring(0, equals), URLDecoder.decode(pair.substring(equals + 1), "UTF-8"));
      }
    }
    return query;
  }
}
