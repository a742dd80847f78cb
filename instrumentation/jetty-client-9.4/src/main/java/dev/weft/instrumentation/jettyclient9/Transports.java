package dev.weft.instrumentation.jettyclient9;

/** Which transports of the library take the address and the decoration of a destination. */
final class Transports {

  private static final String CLIENT = "org.eclipse.jetty.client.";

  private Transports() {}

  /** HTTP/1.1 over TCP, also one that the application made of the library's. */
  static boolean areOfHttp1(Class<?> transport) {
    for (Class<?> type = transport; type != null; type = type.getSuperclass()) {
      String name = type.getName();
      if (name.equals(CLIENT + "http.HttpClientTransportOverHTTP")
          || name.equals(CLIENT + "dynamic.HttpClientTransportDynamic")) {
        return true;
      }
      if (name.startsWith("org.eclipse.jetty.")) {
        return false;
      }
    }
    return false;
  }
}
