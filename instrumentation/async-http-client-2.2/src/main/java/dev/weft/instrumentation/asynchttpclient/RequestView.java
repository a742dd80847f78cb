package dev.weft.instrumentation.asynchttpclient;

import dev.weft.outbound.OutboundRequest;
import java.util.List;
import org.asynchttpclient.Request;
import org.asynchttpclient.request.body.generator.BodyGenerator;
import org.asynchttpclient.request.body.generator.ByteArrayBodyGenerator;
import org.asynchttpclient.request.body.generator.FileBodyGenerator;
import org.asynchttpclient.request.body.multipart.ByteArrayPart;
import org.asynchttpclient.request.body.multipart.FilePart;
import org.asynchttpclient.request.body.multipart.Part;
import org.asynchttpclient.request.body.multipart.StringPart;
import org.asynchttpclient.uri.Uri;
import org.jspecify.annotations.Nullable;

/** A request as the client would send it. */
final class RequestView extends OutboundRequest {

  private final Request request;

  RequestView(Request request) {
    this.request = request;
  }

  @Override
  public String method() {
    return request.getMethod();
  }

  @Override
  public String scheme() {
    return "http";
  }

  @Override
  public String authority() {
    String own = header("host");
    if (own != null) {
      return own;
    }
    Uri uri = request.getUri();
    String host = request.getVirtualHost() == null ? uri.getHost() : request.getVirtualHost();
    return uri.getPort() < 0 || request.getVirtualHost() != null
        ? host
        : host + ":" + uri.getPort();
  }

  @Override
  public int port() {
    return request.getUri().getExplicitPort();
  }

  @Override
  public String path() {
    return request.getUri().toRelativeUrl();
  }

  @Override
  public @Nullable String header(String name) {
    List<String> values = request.getHeaders().getAll(name);
    return values.isEmpty() ? null : String.join(",", values);
  }

  @Override
  public boolean isReplayable() {
    BodyGenerator generator = request.getBodyGenerator();
    if (request.getStreamData() != null
        || (generator != null
            && !(generator instanceof ByteArrayBodyGenerator)
            && !(generator instanceof FileBodyGenerator))) {
      return false;
    }
    List<Part> parts = request.getBodyParts();
    for (int i = 0; parts != null && i < parts.size(); i++) {
      Part part = parts.get(i);
      if (!(part instanceof StringPart)
          && !(part instanceof ByteArrayPart)
          && !(part instanceof FilePart)) {
        return false;
      }
    }
    return true;
  }
}
