package dev.weft.telemetry;

import static java.util.Objects.requireNonNull;

import dev.weft.engine.EngineView;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UnsupportedEncodingException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What the admin endpoint shows, page by page. Knows no HTTP server. */
final class AdminPages {

  private static final String TEXT = "text/plain; charset=utf-8";
  private static final String JSON = "application/json";

  private final Map<String, Page> pages = new LinkedHashMap<>();
  private final Telemetry telemetry;
  private final EngineView engine;
  private final BooleanSupplier ready;

  /** An answer. */
  static final class Reply {
    final int status;
    final String type;
    final byte[] body;

    Reply(int status, String type, byte[] body) {
      this.status = status;
      this.type = type;
      this.body = body;
    }
  }

  private interface Page {
    Reply show(String query) throws IOException;
  }

  AdminPages(
      Telemetry telemetry,
      EngineView engine,
      BooleanSupplier ready,
      Supplier<List<String>> adapters,
      Supplier<?> certificates) {
    this.telemetry = requireNonNull(telemetry, "telemetry");
    this.engine = requireNonNull(engine, "engine");
    this.ready = requireNonNull(ready, "ready");
    requireNonNull(adapters, "adapters");
    requireNonNull(certificates, "certificates");
    pages.put("/metrics", query -> metrics());
    pages.put("/ready", query -> ready());
    pages.put("/config_dump", query -> json(engine.policy()));
    pages.put("/clusters", query -> json(engine.clusters()));
    pages.put("/certs", query -> json(certificates.get()));
    pages.put("/adapters", query -> text(200, lines(adapters.get())));
    pages.put("/explain", this::explain);
  }

  Reply show(String path, @Nullable String query) throws IOException {
    Page page = pages.get(path);
    if (page == null) {
      return text(404, path + " is not here (expected: one of)\n" + lines(pages.keySet()));
    }
    return page.show(query == null ? "" : query);
  }

  private Reply metrics() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    telemetry.scrape(out);
    return new Reply(200, "text/plain; version=0.0.4; charset=utf-8", out.toByteArray());
  }

  private Reply ready() {
    return ready.getAsBoolean() ? text(200, "ready\n") : text(503, "not ready\n");
  }

  private Reply explain(String query) {
    String url = "";
    String direction = "outbound";
    String principal = "";
    int port = 0;
    String method = "GET";
    Map<String, String> headers = new TreeMap<>();
    for (String part : query.split("&", -1)) {
      int equals = part.indexOf('=');
      String name = decoded(equals < 0 ? part : part.substring(0, equals));
      String value = equals < 0 ? "" : decoded(part.substring(equals + 1));
      if (name.equals("url")) {
        url = value;
      } else if (name.equals("method")) {
        method = value;
      } else if (name.equals("direction")) {
        direction = value;
      } else if (name.equals("principal")) {
        principal = value;
      } else if (name.equals("port")) {
        port = value.matches("[0-9]{1,5}") ? Integer.parseInt(value) : 0;
      } else if (name.equals("header")) {
        int colon = value.indexOf(':');
        if (colon < 1) {
          return text(400, "header: " + value + " (expected: name:value)\n");
        }
        headers.put(value.substring(0, colon).trim(), value.substring(colon + 1).trim());
      }
    }
    if (direction.equals("inbound")) {
      return url.startsWith("/")
          ? text(200, lines(engine.explainInbound(method, url, headers, principal, port)))
          : text(
              400,
              "url: "
                  + url
                  + " (expected: /explain?direction=inbound&url=/path&port=8080"
                  + "&principal=spiffe://...&method=GET&header=a:b)\n");
    }
    if (url.isEmpty()) {
      return text(
          400,
          "url is missing (expected: /explain?url=http://reviews:9080/&method=GET&header=a:b)\n");
    }
    return text(200, lines(engine.explain(method, url, headers)));
  }

  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text, "UTF-8");
    } catch (UnsupportedEncodingException | IllegalArgumentException e) {
      return text;
    }
  }

  private static Reply json(Object value) {
    return new Reply(200, JSON, PlainJson.of(value).getBytes(StandardCharsets.UTF_8));
  }

  private static Reply text(int status, String text) {
    return new Reply(status, TEXT, text.getBytes(StandardCharsets.UTF_8));
  }

  private static String lines(Iterable<String> lines) {
    StringBuilder text = new StringBuilder();
    for (String line : lines) {
      text.append(line).append('\n');
    }
    return text.toString();
  }
}
