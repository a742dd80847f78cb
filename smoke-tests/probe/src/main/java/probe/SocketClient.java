package probe;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** An HTTP client of the application's own, which no mesh can know: a connection per request. */
final class SocketClient {

  private SocketClient() {}

  // The constructor that takes a name is what such programs use.
  @SuppressWarnings("AddressSelection")
  static String send(String method, String url, Map<String, String> headers, byte[] body)
      throws IOException {
    URI uri = URI.create(url);
    StringBuilder head = new StringBuilder();
    head.append(method).append(' ').append(uri.getRawPath()).append(" HTTP/1.1\r\n");
    head.append("Host: ").append(uri.getHost()).append("\r\n");
    head.append("Connection: close\r\nContent-Length: ").append(body.length).append("\r\n");
    headers.forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
    int port = uri.getPort() < 0 ? 80 : uri.getPort();
    try (Socket socket = new Socket(uri.getHost(), port)) {
      OutputStream out = socket.getOutputStream();
      out.write(head.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII));
      out.write(body);
      out.flush();
      String response = Clients.read(socket.getInputStream());
      int end = response.indexOf("\r\n\r\n");
      if (!response.startsWith("HTTP/1.1 ") || end < 0) {
        throw new IOException("not an answer: " + response);
      }
      return response.substring(9, 12) + " " + response.substring(end + 4);
    }
  }
}
