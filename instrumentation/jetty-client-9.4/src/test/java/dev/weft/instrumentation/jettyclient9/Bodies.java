package dev.weft.instrumentation.jettyclient9;

import java.io.InputStream;
import java.lang.reflect.Method;
import org.eclipse.jetty.client.api.ContentProvider;
import org.eclipse.jetty.client.api.Request;
import org.eclipse.jetty.client.util.BytesContentProvider;
import org.eclipse.jetty.client.util.InputStreamContentProvider;

/** Bodies as an application of this version of the library writes them. */
final class Bodies {

  private static final String UTIL = "org.eclipse.jetty.client.util.";

  private Bodies() {}

  static void stream(Request request, InputStream stream) {
    if (!isNew()) {
      request.content(new InputStreamContentProvider(stream));
      return;
    }
    set(request, "InputStreamRequestContent", new Class<?>[] {InputStream.class}, stream);
  }

  static void bytes(Request request, String type, byte[] bytes) {
    if (!isNew()) {
      request.content((ContentProvider) new BytesContentProvider(type, bytes));
      return;
    }
    byte[][] parts = {bytes};
    set(request, "BytesRequestContent", new Class<?>[] {String.class, byte[][].class}, type, parts);
  }

  /** Since Jetty 10. */
  static boolean isNew() {
    try {
      Class.forName(UTIL + "BytesRequestContent");
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

  private static void set(
      Request request, String content, Class<?>[] parameters, Object... arguments) {
    try {
      Object body = Class.forName(UTIL + content).getConstructor(parameters).newInstance(arguments);
      Method setter =
          Request.class.getMethod(
              "body", Class.forName("org.eclipse.jetty.client.api.Request$Content"));
      setter.invoke(request, body);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("Jetty 10 without its bodies", e);
    }
  }
}
