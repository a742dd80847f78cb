package dev.weft.instrumentation.httpurlconnection;

import static java.util.Objects.requireNonNull;

import dev.weft.outbound.Attempt;
import dev.weft.outbound.BlockingDriver;
import dev.weft.outbound.BlockingExchange;
import dev.weft.outbound.Directive;
import dev.weft.outbound.FailureKind;
import dev.weft.outbound.HeaderMutations;
import dev.weft.outbound.LocalReply;
import dev.weft.outbound.OutboundResponse;
import dev.weft.outbound.ResponseEnd;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URL;
import org.jspecify.annotations.Nullable;

/** One request of a {@link MeshConnection}: a connection of the JDK per attempt. */
final class MeshExchange implements BlockingExchange<Reply> {

  private final MeshConnection connection;
  private final BlockingDriver<Reply> driver;
  private volatile @Nullable Route route;

  /** Where a body that is not kept was written to, before the response was asked for. */
  private @Nullable HttpURLConnection upload;

  MeshExchange(MeshConnection connection) {
    this.connection = connection;
    this.driver = BlockingDriver.open(new RequestView(connection), this);
  }

  Reply run() throws Exception {
    return driver.run();
  }

  void cancel() {
    driver.cancel();
  }

  /** Decides now and opens the one attempt that a body which is not kept can have. */
  OutputStream openUpload() throws Exception {
    Directive directive = driver.decide();
    switch (directive.kind()) {
      case SEND:
        HttpURLConnection made = open(directive.attempt());
        upload = made;
        return running().call(made::getOutputStream);
      case REPLY:
        // The answer is known already: the body goes nowhere.
        return new ByteArrayOutputStream();
      default:
        upload = connection.passing();
        return connection.passing().getOutputStream();
    }
  }

  @Override
  public Reply send(Attempt attempt) throws Exception {
    HttpURLConnection uploaded = upload;
    HttpURLConnection delegate = uploaded != null ? uploaded : open(attempt);
    return running()
        .call(
            () -> {
              if (uploaded == null) {
                connection.writeBody(delegate);
              }
              return Reply.read(delegate);
            });
  }

  private HttpURLConnection open(Attempt attempt) throws Exception {
    URL url = connection.getURL();
    String path = attempt.path();
    String authority = attempt.authority();
    URL target =
        path == null && authority == null
            ? new URL(url, url.toString())
            : new URL(
                url,
                "//"
                    + (authority == null ? url.getAuthority() : authority)
                    + (path == null ? url.getFile() : path));
    Route made = new Route(target, attempt.endpoint());
    route = made;
    HttpURLConnection delegate =
        made.call(() -> (HttpURLConnection) target.openConnection(Proxy.NO_PROXY));
    connection.configure(delegate);
    connection.requestHeaders().copy().apply(attempt.requestHeaders()).addTo(delegate);
    delegate.setInstanceFollowRedirects(false);
    return delegate;
  }

  @Override
  public Reply passThrough() throws Exception {
    HttpURLConnection passing = connection.passing();
    if (upload == null) {
      connection.writeBody(passing);
    }
    return Reply.read(passing);
  }

  @Override
  public OutboundResponse view(Reply reply) {
    return reply;
  }

  @Override
  public void discard(Reply reply) {
    reply.discard();
  }

  @Override
  public Reply reply(LocalReply reply) {
    return Reply.local(reply, connection.getURL());
  }

  @Override
  public Reply deliver(Reply reply, HeaderMutations headers, ResponseEnd end) {
    return reply.deliver(headers, end, connection.getRequestMethod());
  }

  @Override
  public void abort() {
    Route running = route;
    if (running != null) {
      running.abort();
    }
  }

  @Override
  public FailureKind classify(Throwable failure) {
    Route failed = route;
    return failed != null && !failed.connected() && failure instanceof IOException
        ? FailureKind.CONNECT
        : FailureKind.of(failure);
  }

  /** Closes the connection of a response, also when it is back in the pool of the endpoint. */
  void disconnect(Reply reply) {
    Route used = route;
    try {
      if (used == null) {
        reply.disconnect();
      } else {
        used.call(
            () -> {
              reply.disconnect();
              return reply;
            });
      }
    } catch (Exception e) {
      // Like the JDK's, disconnect does not fail: what could not be closed times out in the pool.
    }
  }

  private Route running() {
    return requireNonNull(route);
  }
}
