package frameworks;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;

/**
 * Calls others on demand, through a framework. Prints {@code listening PORT} when it is ready.
 *
 * <pre>
 * /call?client=&amp;url=&amp;body=&amp;header=x-user:value
 * /load?...&amp;count=  as /call, many times: how often each answer came
 * </pre>
 */
public final class Frameworks {

  private final Map<String, Caller> callers = new ConcurrentHashMap<>();

  private Frameworks() {}

  public static void main(String[] args) throws IOException {
    Frameworks frameworks = new Frameworks();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 256);
    server.createContext("/", frameworks::handle);
    server.setExecutor(Executors.newCachedThreadPool());
    server.start();
    System.out.println("listening " + server.getAddress().getPort());
  }

  private void handle(HttpExchange exchange) throws IOException {
    Map<String, String> query = Call.parse(exchange.getRequestURI().getRawQuery());
    String answer =
        exchange.getRequestURI().getPath().equals("/load") ? load(query) : call(query);
    byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(200, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private String call(Map<String, String> query) {
    String header = query.get("header");
    String user = header == null ? null : header.substring(header.indexOf(':') + 1);
    try {
      return callers
          .computeIfAbsent(query.get("client"), Frameworks::make)
          .send(new Call(URI.create(query.get("url")), user, query.get("body")));
    } catch (Exception | LinkageError e) {
      e.printStackTrace();
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

  private static Caller make(String name) {
    int dash = name.indexOf('-');
    String framework = name.substring(0, dash);
    String library = name.substring(dash + 1);
    return switch (framework) {
      case "resttemplate" -> SpringClients.restTemplate(library);
      case "restclient" -> SpringClients.restClient(library);
      case "httpexchange" -> SpringClients.httpExchange(library);
      case "retrofit" -> new RetrofitCaller();
      case "feign" -> new FeignCaller(library);
      case "jersey" -> JaxRs.jersey(library);
      case "resteasy" -> JaxRs.resteasy(library);
      case "cxf" -> JaxRs.cxf(library);
      case "microprofile" -> new MicroProfileCaller();
      default -> throw new IllegalArgumentException("framework: " + framework);
    };
  }
}
