package dev.weft.instrumentation.httpurlconnection;

import dev.weft.outbound.HeaderMutations;
import dev.weft.outbound.LocalReply;
import dev.weft.outbound.OutboundResponse;
import dev.weft.outbound.ResponseEnd;
import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URL;
import org.jspecify.annotations.Nullable;

/** A response: the JDK's, or one that the mesh gives. */
final class Reply extends OutboundResponse {

  private final int status;
  private final Headers headers;
  private final @Nullable HttpURLConnection source;
  private final @Nullable IOException failure;
  private InputStream body;

  private Reply(
      int status,
      Headers headers,
      @Nullable HttpURLConnection source,
      @Nullable IOException failure,
      InputStream body) {
    this.status = status;
    this.headers = headers;
    this.source = source;
    this.failure = failure;
    this.body = body;
  }

  /** Waits for the head of the response. */
  static Reply read(HttpURLConnection source) throws IOException {
    InputStream body;
    IOException failure = null;
    try {
      body = source.getInputStream();
    } catch (IOException e) {
      // What the JDK does with an error status, too: then there is a head.
      if (source.getHeaderField(0) == null) {
        throw e;
      }
      failure = e;
      body = source.getErrorStream();
    }
    InputStream present = body == null ? new ByteArrayInputStream(new byte[0]) : body;
    return new Reply(source.getResponseCode(), Headers.of(source), source, failure, present);
  }

  static Reply local(LocalReply reply, URL url) {
    Headers headers = new Headers();
    headers.add(null, "HTTP/1.1 " + reply.status() + " " + reply.flag());
    headers.apply(reply.headers());
    headers.set("content-length", Integer.toString(reply.body().length));
    return new Reply(
        reply.status(),
        headers,
        null,
        failure(reply.status(), url),
        new ByteArrayInputStream(reply.body()));
  }

  /** What the JDK throws for an error status. */
  private static @Nullable IOException failure(int status, URL url) {
    if (status == HttpURLConnection.HTTP_NOT_FOUND || status == HttpURLConnection.HTTP_GONE) {
      return new FileNotFoundException(url.toString());
    }
    return status < HttpURLConnection.HTTP_BAD_REQUEST
        ? null
        : new IOException("Server returned HTTP response code: " + status + " for URL: " + url);
  }

  @Override
  public int status() {
    return status;
  }

  @Override
  public @Nullable String header(String name) {
    return headers.joined(name);
  }

  Headers headers() {
    return headers;
  }

  /** What {@code getInputStream} throws for this response; null for none. */
  @Nullable IOException failure() {
    return failure;
  }

  InputStream body() {
    return body;
  }

  Reply deliver(HeaderMutations changes, ResponseEnd end, String method) {
    long length = hasBody(method) ? length() : 0;
    headers.apply(changes);
    body = new MeshBody(body, length, end);
    return this;
  }

  private boolean hasBody(String method) {
    return !method.equals("HEAD")
        && status != HttpURLConnection.HTTP_NO_CONTENT
        && status != HttpURLConnection.HTTP_NOT_MODIFIED;
  }

  private long length() {
    String length = headers.last("content-length");
    try {
      return length == null || headers.last("transfer-encoding") != null
          ? -1
          : Long.parseLong(length.trim());
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  /** Gives the connection back to the JDK's pool, or closes it when too much is left on it. */
  void discard() {
    try {
      body.close();
    } catch (IOException e) {
      // The JDK closed the connection.
    }
  }

  /** Closes the connection, also when it is back in the pool. */
  void disconnect() {
    if (body instanceof MeshBody) {
      ((MeshBody) body).leave();
    }
    if (source != null) {
      source.disconnect();
    }
  }
}
