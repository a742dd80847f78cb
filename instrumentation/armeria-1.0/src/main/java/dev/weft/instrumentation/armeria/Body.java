package dev.weft.instrumentation.armeria;

import com.linecorp.armeria.client.ClientRequestContext;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpRequestDuplicator;
import com.linecorp.armeria.common.RequestHeaders;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;

/** The body of a request, sent by one attempt after the other. Used by one attempt at a time. */
final class Body {

  /** A body that may come from anywhere is kept for another attempt up to this length. */
  private static final long MAX_KEPT = 1 << 20;

  private static final @Nullable Method EXCHANGE_TYPE = exchangeType();

  private final ClientRequestContext context;
  private final HttpRequest request;
  private final boolean replayable;
  private @Nullable HttpRequestDuplicator duplicator;

  Body(ClientRequestContext context, HttpRequest request) {
    this.context = context;
    this.request = request;
    this.replayable = isBounded(request) || isWhole(context);
  }

  private static boolean isBounded(HttpRequest request) {
    String length = request.headers().get(HttpHeaderNames.CONTENT_LENGTH);
    if (length == null) {
      HttpMethod method = request.method();
      return method == HttpMethod.GET || method == HttpMethod.HEAD || method == HttpMethod.OPTIONS;
    }
    try {
      return Long.parseLong(length) <= MAX_KEPT;
    } catch (NumberFormatException e) {
      return false;
    }
  }

  /** Whether the library itself takes the body as a whole, which old versions do not tell. */
  private static boolean isWhole(ClientRequestContext context) {
    try {
      Object type = EXCHANGE_TYPE == null ? null : EXCHANGE_TYPE.invoke(context);
      String name = String.valueOf(type);
      return name.equals("UNARY") || name.equals("RESPONSE_STREAMING");
    } catch (IllegalAccessException | InvocationTargetException e) {
      return false;
    }
  }

  boolean isReplayable() {
    return replayable;
  }

  /** The request with its body under {@code headers}, for the next attempt. */
  synchronized HttpRequest next(RequestHeaders headers) {
    if (!replayable) {
      return request.withHeaders(headers);
    }
    if (request.isEmpty()) {
      return HttpRequest.of(headers);
    }
    if (duplicator == null) {
      duplicator = request.toDuplicator(context.eventLoop().withoutContext(), 0);
    }
    return duplicator.duplicate(headers);
  }

  /** There will be no other attempt. */
  synchronized void close() {
    if (duplicator != null) {
      duplicator.close();
    } else if (replayable) {
      request.abort();
    }
  }

  /** Nobody wants it. */
  synchronized void abort(Throwable reason) {
    if (duplicator != null) {
      duplicator.abort(reason);
    } else {
      request.abort(reason);
    }
  }

  private static @Nullable Method exchangeType() {
    try {
      return ClientRequestContext.class.getMethod("exchangeType");
    } catch (NoSuchMethodException olderVersion) {
      return null;
    }
  }
}
