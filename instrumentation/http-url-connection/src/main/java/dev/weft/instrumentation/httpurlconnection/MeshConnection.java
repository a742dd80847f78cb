package dev.weft.instrumentation.httpurlconnection;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.Field;
import java.net.Authenticator;
import java.net.HttpRetryException;
import java.net.HttpURLConnection;
import java.net.ProtocolException;
import java.net.URL;
import java.net.URLConnection;
import java.security.Permission;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * The connection that the application holds. Keeps what it asks for, runs the exchange when it asks
 * for the response, and answers from that. Whatever is not overridden here, the JDK's base classes
 * answer through what is.
 */
final class MeshConnection extends HttpURLConnection {

  private static final int MAX_REDIRECTS = Integer.getInteger("http.maxRedirects", 20);

  private HttpURLConnection real;
  private final Headers requestHeaders = new Headers();
  private volatile @Nullable MeshExchange exchange;
  private @Nullable OutputStream output;
  private @Nullable ByteArrayOutputStream body;
  private @Nullable Reply reply;
  private @Nullable Exception failure;
  private @Nullable Authenticator authenticator;
  private boolean passed;
  private int redirects;

  /**
   * @param real what the JDK made for the application: sends what passes through
   */
  MeshConnection(URL url, HttpURLConnection real) {
    super(url);
    this.real = real;
  }

  Headers requestHeaders() {
    return requestHeaders;
  }

  boolean isStreaming() {
    return fixedContentLengthLong >= 0 || fixedContentLength >= 0 || chunkLength >= 0;
  }

  /** The JDK's own connection, told what the application asked for: sends it without the mesh. */
  HttpURLConnection passing() throws IOException {
    if (!passed) {
      passed = true;
      configure(real);
      real.setInstanceFollowRedirects(instanceFollowRedirects);
    }
    return real;
  }

  /** Tells {@code delegate} what the application asked for, except for the header fields. */
  void configure(HttpURLConnection delegate) throws IOException {
    setMethod(delegate);
    delegate.setDoInput(doInput);
    delegate.setDoOutput(doOutput);
    delegate.setUseCaches(useCaches);
    delegate.setIfModifiedSince(ifModifiedSince);
    delegate.setAllowUserInteraction(allowUserInteraction);
    delegate.setConnectTimeout(getConnectTimeout());
    delegate.setReadTimeout(getReadTimeout());
    if (fixedContentLengthLong >= 0) {
      delegate.setFixedLengthStreamingMode(fixedContentLengthLong);
    } else if (fixedContentLength >= 0) {
      delegate.setFixedLengthStreamingMode(fixedContentLength);
    } else if (chunkLength >= 0) {
      delegate.setChunkedStreamingMode(chunkLength);
    }
    if (authenticator != null) {
      setAuthenticator(delegate, authenticator);
    }
  }

  private void setMethod(HttpURLConnection delegate) throws ProtocolException {
    try {
      delegate.setRequestMethod(method);
    } catch (ProtocolException e) {
      // A method such as PATCH got here by writing the private field, as some libraries do; the
      // delegate needs the same.
      try {
        Field field = HttpURLConnection.class.getDeclaredField("method");
        field.setAccessible(true);
        field.set(delegate, method);
      } catch (ReflectiveOperationException | RuntimeException unreachable) {
        throw e;
      }
    }
  }

  void writeBody(HttpURLConnection delegate) throws IOException {
    ByteArrayOutputStream written = body;
    if (written != null) {
      written.writeTo(delegate.getOutputStream());
    }
  }

  // ---- what the application asks for

  @Override
  public void setRequestProperty(String name, @Nullable String value) {
    super.setRequestProperty(name, value);
    real.setRequestProperty(name, value);
    requestHeaders.remove(name);
    if (value != null) {
      requestHeaders.add(name, value);
    }
  }

  @Override
  public void addRequestProperty(String name, @Nullable String value) {
    super.addRequestProperty(name, value);
    real.addRequestProperty(name, value);
    if (value != null) {
      requestHeaders.add(name, value);
    }
  }

  /** Java 9 and later. */
  public void setAuthenticator(Authenticator used) {
    if (connected) {
      throw new IllegalStateException("Already connected");
    }
    authenticator = used;
  }

  private static void setAuthenticator(HttpURLConnection delegate, Authenticator used)
      throws IOException {
    try {
      HttpURLConnection.class
          .getMethod("setAuthenticator", Authenticator.class)
          .invoke(delegate, used);
    } catch (ReflectiveOperationException e) {
      throw new IOException(e);
    }
  }

  @Override
  public void connect() {
    connected = true;
  }

  @Override
  public OutputStream getOutputStream() throws IOException {
    OutputStream existing = output;
    if (existing != null) {
      return existing;
    }
    if (!doOutput) {
      throw new ProtocolException(
          "cannot write to a URLConnection if doOutput=false - call setDoOutput(true)");
    }
    if (reply != null || failure != null) {
      throw new ProtocolException("Cannot write output after reading input.");
    }
    if (method.equals("GET")) {
      method = "POST";
    }
    connected = true;
    OutputStream opened;
    if (isStreaming()) {
      MeshExchange streaming = new MeshExchange(this);
      exchange = streaming;
      opened = attempted(streaming::openUpload);
    } else {
      body = new ByteArrayOutputStream();
      opened = body;
    }
    output = opened;
    return opened;
  }

  // ---- what it gets

  @Override
  public InputStream getInputStream() throws IOException {
    if (!doInput) {
      throw new ProtocolException(
          "Cannot read from URLConnection if doInput=false (call setDoInput(true))");
    }
    Reply answered = respond();
    IOException error = answered.failure();
    if (error != null) {
      throw error;
    }
    return answered.body();
  }

  @Override
  public @Nullable InputStream getErrorStream() {
    Reply answered = reply;
    return answered == null || answered.status() < HTTP_BAD_REQUEST ? null : answered.body();
  }

  @Override
  public @Nullable String getHeaderField(String name) {
    Headers headers = responseHeaders();
    return headers == null ? null : headers.last(name);
  }

  @Override
  public @Nullable String getHeaderFieldKey(int index) {
    Headers headers = responseHeaders();
    return headers == null ? null : headers.name(index);
  }

  @Override
  public @Nullable String getHeaderField(int index) {
    Headers headers = responseHeaders();
    return headers == null ? null : headers.value(index);
  }

  @Override
  public Map<String, List<String>> getHeaderFields() {
    Headers headers = responseHeaders();
    return headers == null ? Collections.emptyMap() : headers.map();
  }

  /** Like the JDK's, getters of the head start the exchange and hide its failure. */
  private @Nullable Headers responseHeaders() {
    try {
      return respond().headers();
    } catch (IOException e) {
      return null;
    }
  }

  private Reply respond() throws IOException {
    Reply known = reply;
    while (known == null) {
      connected = true;
      MeshExchange running = exchange;
      if (running == null) {
        running = new MeshExchange(this);
        exchange = running;
      }
      Reply answered = attempted(running::run);
      if (passed) {
        url = real.getURL();
      }
      known = redirect(answered) ? null : answered;
    }
    reply = known;
    return known;
  }

  /** Does something that sends; its failure is the answer from then on. */
  private <T> T attempted(Callable<T> step) throws IOException {
    try {
      if (failure == null) {
        return step.call();
      }
    } catch (Exception e) {
      failure = e;
    }
    if (failure instanceof RuntimeException) {
      throw (RuntimeException) failure;
    }
    throw failure instanceof IOException ? (IOException) failure : new IOException(failure);
  }

  /** Goes on to where a response of the mesh points, by the JDK's own rules. */
  private boolean redirect(Reply answered) throws IOException {
    int status = answered.status();
    String location = answered.headers().last("Location");
    boolean redirected = status >= 300 && status <= 307 && status != 306 && status != 304;
    if (passed || !instanceFollowRedirects || !redirected || location == null) {
      return false;
    }
    URL target = new URL(url, location);
    if (!target.getProtocol().equalsIgnoreCase(url.getProtocol())) {
      return false;
    }
    answered.discard();
    if (isStreaming()) {
      throw new HttpRetryException(
          "cannot retry due to redirection, in streaming mode", status, location);
    }
    redirects++;
    if (redirects >= MAX_REDIRECTS) {
      throw new ProtocolException("Server redirected too many  times (" + redirects + ")");
    }
    url = target;
    if (method.equals("POST") && status != 307 && !Boolean.getBoolean("http.strictPostRedirect")) {
      method = "GET";
      body = null;
    }
    URLConnection opened = target.openConnection();
    real =
        opened instanceof MeshConnection
            ? ((MeshConnection) opened).real
            : (HttpURLConnection) opened;
    requestHeaders.addTo(real);
    exchange = null;
    return true;
  }

  @Override
  public void disconnect() {
    Reply answered = reply;
    MeshExchange running = exchange;
    if (running == null) {
      return;
    }
    if (answered != null) {
      running.disconnect(answered);
    } else {
      running.cancel();
    }
  }

  @Override
  public boolean usingProxy() {
    return real.usingProxy();
  }

  @Override
  public Permission getPermission() throws IOException {
    return real.getPermission();
  }
}
