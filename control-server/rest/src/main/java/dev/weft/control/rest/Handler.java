package dev.weft.control.rest;

import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.ClosedSessionException;
import com.linecorp.armeria.common.ContentTooLargeException;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.stream.ClosedStreamException;
import com.linecorp.armeria.common.util.Exceptions;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.weft.control.core.Refused;
import dev.weft.control.core.Refused.Reason;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads a request whole, up to a limit, and answers it on a thread that may block. */
interface Handler {

  /** The longest body that is read; more is refused with 413 while it arrives. */
  int MAX_BODY_BYTES = 1024 * 1024;

  HttpResponse handle(ServiceRequestContext context, AggregatedHttpRequest request) throws Refused;

  /** The handler as a service; whatever it throws becomes a {@code Status}. */
  static HttpService service(Handler handler) {
    return (context, request) -> serve(handler, context, request);
  }

  private static HttpResponse serve(
      Handler handler, ServiceRequestContext context, HttpRequest request) {
    return HttpResponse.of(
        request
            .aggregate()
            .handleAsync(
                (whole, failure) -> {
                  if (failure != null) {
                    return failed(context, failure);
                  }
                  try {
                    return handler.handle(context, whole);
                  } catch (Refused refused) {
                    return Reply.refusal(request.headers(), refused);
                  } catch (RuntimeException | Error e) {
                    return failed(context, e);
                  }
                },
                context.blockingTaskExecutor()));
  }

  private static HttpResponse failed(ServiceRequestContext context, Throwable failure) {
    Throwable cause = Exceptions.peel(failure);
    if (cause instanceof ContentTooLargeException) {
      return Reply.refusal(
          context.request().headers(),
          new Refused(Reason.TOO_LARGE, "body: (expected: at most " + MAX_BODY_BYTES + " bytes)"));
    }
    if (cause instanceof ClosedSessionException || cause instanceof ClosedStreamException) {
      // The client went away in the middle of its request; nobody is left to answer.
      return HttpResponse.of(HttpStatus.BAD_REQUEST);
    }
    Logger log = LoggerFactory.getLogger(Handler.class);
    log.error("{} {} failed", context.method(), context.path(), cause);
    return Reply.of(
        context.request().headers(),
        HttpStatus.INTERNAL_SERVER_ERROR,
        Statuses.failure(HttpStatus.INTERNAL_SERVER_ERROR, "the control server failed: " + cause));
  }
}
