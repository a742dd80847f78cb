package dev.weft.instrumentation.reactornetty;

import dev.weft.bootstrap.Mesh;
import dev.weft.outbound.Attempt;
import dev.weft.outbound.HeaderMutations;
import dev.weft.outbound.ResponseEnd;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import reactor.netty.Connection;
import reactor.netty.ConnectionObserver;
import reactor.netty.channel.ChannelOperations;
import reactor.netty.http.client.HttpClientState;
import reactor.util.context.Context;

/** One attempt on its connection; carried in the Reactor context, told what happens there. */
final class Sending implements ConnectionObserver {

  private static final String KEY = "dev.weft.sending";

  private final Attempt attempt;
  private final boolean hasBody;
  private final Context context;
  private volatile @Nullable Object handler;
  private volatile boolean prepared;
  private volatile boolean completed;
  private volatile @Nullable ResponseEnd end;

  /**
   * @param hasBody whether the application writes the body, and may change the head until then
   */
  Sending(Attempt attempt, boolean hasBody, Context outer) {
    this.attempt = attempt;
    this.hasBody = hasBody;
    this.context = outer.put(Attempt.KEY, Optional.of(attempt)).put(KEY, this);
  }

  static @Nullable Sending in(Context context) {
    Object sending = context.getOrDefault(KEY, null);
    return sending instanceof Sending ? (Sending) sending : null;
  }

  @Override
  public Context currentContext() {
    return context;
  }

  /** Whether the application was asked for the head and the body: they may be under way. */
  boolean isPrepared() {
    return prepared;
  }

  /**
   * @param handler the client's own, which knows of redirects
   */
  void acquiring(Object handler) {
    this.handler = handler;
  }

  /** The application made its body, and nothing was sent yet. */
  void bodyMade(ChannelOperations<?, ?> request) {
    if (hasBody) {
      changeHead(request);
    }
  }

  private void changeHead(Object request) {
    Object known = handler;
    if (known == null || Internals.isElsewhere(known)) {
      return;
    }
    try {
      HttpRequest head = Internals.head(request);
      apply(attempt.requestHeaders(), head.headers());
      String authority = attempt.authority();
      if (authority != null) {
        head.headers().set(HttpHeaderNames.HOST, authority);
      }
      String path = attempt.path();
      if (path != null) {
        head.setUri(path);
      }
    } catch (ReflectiveOperationException e) {
      Mesh.problem("head of a request of Reactor Netty", e);
    }
  }

  static void apply(HeaderMutations changes, HttpHeaders headers) {
    changes.apply(headers::remove, headers::set, headers::add);
  }

  /** From now on {@code end} is told; it may be there already. */
  void delivered(ResponseEnd end) {
    this.end = end;
    if (completed) {
      end.completed();
    }
  }

  void abandoned() {
    ResponseEnd told = end;
    if (told != null) {
      told.cancelled();
    }
  }

  @Override
  public void onStateChange(Connection connection, State state) {
    ResponseEnd told = end;
    if (state == HttpClientState.REQUEST_PREPARED) {
      prepared = true;
      if (!hasBody) {
        // Later is too late: old versions copy the head before they send it.
        changeHead(connection);
      }
    } else if (state == HttpClientState.RESPONSE_COMPLETED) {
      completed = true;
      if (told != null) {
        told.completed();
      }
    } else if (told != null && state == HttpClientState.RESPONSE_INCOMPLETE) {
      told.failed(new IOException("the connection closed before the end of the response"));
    } else if (told != null && state == State.DISCONNECTING) {
      told.cancelled();
    }
  }

  @Override
  public void onUncaughtException(Connection connection, Throwable failure) {
    ResponseEnd told = end;
    if (told != null) {
      told.failed(failure);
    }
  }
}
