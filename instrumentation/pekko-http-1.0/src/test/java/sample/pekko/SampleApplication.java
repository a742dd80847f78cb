package sample.pekko;

import dev.weft.testkit.ServerSignals;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.pekko.NotUsed;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.StatusCode;
import org.apache.pekko.http.javadsl.model.StatusCodes;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;
import org.apache.pekko.http.javadsl.model.headers.TimeoutAccess;
import org.apache.pekko.japi.function.Function;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;
import scala.concurrent.duration.FiniteDuration;

/** Answers what {@link dev.weft.testkit.InboundServer} lists, as far as a function can. */
public final class SampleApplication
    implements Function<HttpRequest, CompletionStage<HttpResponse>> {

  private static final long serialVersionUID = 1;

  private static final ThreadFactory DAEMONS =
      task -> {
        Thread thread = new Thread(task, "sample");
        thread.setDaemon(true);
        return thread;
      };

  private final transient Materializer materializer;
  private final transient Executor threads = Executors.newCachedThreadPool(DAEMONS);

  public SampleApplication(Materializer materializer) {
    this.materializer = materializer;
  }

  @Override
  public CompletionStage<HttpResponse> apply(HttpRequest request) {
    ServerSignals.give("called");
    String query = request.getUri().rawQueryString().orElse("");
    HttpResponse ok = HttpResponse.create();
    switch (request.getUri().path()) {
      case "/headers":
        return done(ok.withEntity(header(request, query)));
      case "/status", "/error":
        return done(ok.withStatus(status(Integer.parseInt(query))));
      case "/throw":
        throw new IllegalStateException("the application's own");
      case "/late":
        return CompletableFuture.supplyAsync(() -> late(query), threads);
      case "/timeout":
        request
            .getHeader(TimeoutAccess.class)
            .orElseThrow()
            .timeoutAccess()
            .updateTimeout(FiniteDuration.create(200, "ms"));
        return new CompletableFuture<>();
      case "/stream":
        return done(
            ok.withEntity(HttpEntities.createChunked(ContentTypes.TEXT_PLAIN_UTF8, lines(query))));
      default:
        return echo(request);
    }
  }

  private static CompletionStage<HttpResponse> done(HttpResponse response) {
    return CompletableFuture.completedFuture(response);
  }

  private static String header(HttpRequest request, String name) {
    List<String> values = new ArrayList<>();
    for (HttpHeader header : request.getHeaders()) {
      if (header.name().equalsIgnoreCase(name)) {
        values.add(header.value());
      }
    }
    String first = request.getHeader(name).map(HttpHeader::value).orElse(null);
    if (values.isEmpty()) {
      return first == null ? "none" : "differs";
    }
    return values.get(0).equals(first) ? String.join(",", values) : "differs";
  }

  private static StatusCode status(int code) {
    return StatusCodes.lookup(code).orElseGet(() -> StatusCodes.custom(code, "Mine", ""));
  }

  private static HttpResponse late(String name) {
    ServerSignals.await("go-" + name);
    return HttpResponse.create().withStatus(202).withEntity("late");
  }

  private CompletionStage<HttpResponse> echo(HttpRequest request) {
    return request
        .entity()
        .getDataBytes()
        .runWith(Sink.fold(ByteString.emptyByteString(), ByteString::concat), materializer)
        .thenApply(
            body ->
                HttpResponse.create()
                    .addHeader(RawHeader.create("X-Sample", "echo"))
                    .withEntity("echo:" + body.utf8String()));
  }

  private static Source<ByteString, NotUsed> lines(String name) {
    AtomicBoolean ended = new AtomicBoolean();
    ByteString line = ByteString.fromString("line\n");
    return Source.tick(Duration.ZERO, Duration.ofMillis(1), "tick")
        .takeWhile(
            tick -> {
              ended.set(ServerSignals.poll("end-" + name));
              return !ended.get();
            })
        .filter(tick -> ServerSignals.poll("line-" + name))
        .map(tick -> line)
        .watchTermination(
            (cancellable, end) -> {
              end.whenComplete(
                  (done, failure) -> {
                    if (!ended.get()) {
                      ServerSignals.give("broke-" + name);
                    }
                  });
              return NotUsed.getInstance();
            });
  }
}
