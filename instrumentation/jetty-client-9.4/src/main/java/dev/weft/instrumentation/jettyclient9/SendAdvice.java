package dev.weft.instrumentation.jettyclient9;

import java.util.List;
import java.util.concurrent.ConcurrentMap;
import net.bytebuddy.asm.Advice;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.HttpDestination;
import org.eclipse.jetty.client.HttpRequest;
import org.eclipse.jetty.client.Origin;
import org.eclipse.jetty.client.api.Response;

/** Takes a request of the application over; lets our own attempts through. */
final class SendAdvice {

  private SendAdvice() {}

  @Advice.OnMethodEnter(inline = false, skipOn = Advice.OnNonDefaultValue.class)
  static boolean enter(
      @Advice.This HttpClient client,
      @Advice.FieldValue("destinations") ConcurrentMap<Origin, HttpDestination> destinations,
      @Advice.Argument(0) HttpRequest request,
      @Advice.Argument(1) List<Response.ResponseListener> listeners) {
    return JettyExchange.takeOver(client, destinations, request, listeners);
  }
}
