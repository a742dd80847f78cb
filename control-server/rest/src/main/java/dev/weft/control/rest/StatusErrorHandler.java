package dev.weft.control.rest;

import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.ServerErrorHandler;
import com.linecorp.armeria.server.ServiceConfig;
import com.linecorp.armeria.server.ServiceRequestContext;
import org.jspecify.annotations.Nullable;

/** What the HTTP server itself refuses (unknown path, body too long) as a {@code Status} too. */
final class StatusErrorHandler implements ServerErrorHandler {

  @Override
  public @Nullable HttpResponse onServiceException(ServiceRequestContext context, Throwable cause) {
    return null;
  }

  @Override
  public @Nullable AggregatedHttpResponse renderStatus(
      @Nullable ServiceRequestContext context,
      ServiceConfig config,
      @Nullable RequestHeaders headers,
      HttpStatus status,
      @Nullable String description,
      @Nullable Throwable cause) {
    if (headers == null
        || headers.get(HttpHeaderNames.CONTENT_TYPE, "").startsWith("application/grpc")) {
      return null;
    }
    return AggregatedHttpResponse.of(
        ResponseHeaders.of(status, HttpHeaderNames.CONTENT_TYPE, MediaType.JSON),
        HttpData.wrap(Bodies.write(Statuses.failure(status, message(headers, status)))));
  }

  private static String message(RequestHeaders headers, HttpStatus status) {
    if (status.equals(HttpStatus.REQUEST_ENTITY_TOO_LARGE)) {
      return "body: "
          + headers.get(HttpHeaderNames.CONTENT_LENGTH, "too many")
          + " bytes (expected: at most "
          + Handler.MAX_BODY_BYTES
          + ")";
    }
    return status.reasonPhrase() + ": " + headers.method() + " " + headers.path();
  }
}
