package dev.weft.instrumentation.jettyclient9;

import java.net.URI;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.HttpRequest;

/** A request of ours, in the place of one of the application. */
final class AttemptRequest extends HttpRequest {

  AttemptRequest(HttpClient client, AttemptConversation conversation, URI uri) {
    super(client, conversation, uri);
  }
}
