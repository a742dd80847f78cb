package probe;

import java.util.Map;

/** One client library. */
interface Client {
  /** Sends and reads to the end; returns status, a space, and the body. */
  String send(String method, String url, Map<String, String> headers, byte[] body) throws Exception;
}
