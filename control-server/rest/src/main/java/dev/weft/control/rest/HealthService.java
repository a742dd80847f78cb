package dev.weft.control.rest;

import static java.util.Objects.requireNonNull;

import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.util.function.BooleanSupplier;

/** {@code /healthz}: the process answers. {@code /readyz}: it can do its work. */
final class HealthService implements Handler {

  private final BooleanSupplier ready;

  HealthService(BooleanSupplier ready) {
    this.ready = requireNonNull(ready, "ready");
  }

  @Override
  public HttpResponse handle(ServiceRequestContext context, AggregatedHttpRequest request) {
    boolean good = context.path().equals("/healthz") || ready.getAsBoolean();
    return HttpResponse.of(
        good ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE,
        MediaType.PLAIN_TEXT_UTF_8,
        good ? "ok\n" : "stopping\n");
  }
}
