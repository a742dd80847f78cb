package dev.weft.instrumentation.webflux;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import org.springframework.web.reactive.function.client.ClientResponse;

/** The status of a response, which Spring gives as a number until 6 and as an object since 7. */
final class Status {

  private static final MethodHandle CODE = find();

  private Status() {}

  static int of(ClientResponse response) {
    try {
      return (int) CODE.invokeExact(response);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable t) {
      throw new IllegalStateException("status of " + response, t);
    }
  }

  private static MethodHandle find() {
    Lookup lookup = MethodHandles.publicLookup();
    try {
      try {
        return lookup.findVirtual(
            ClientResponse.class, "rawStatusCode", MethodType.methodType(int.class));
      } catch (NoSuchMethodException e) {
        Method status = ClientResponse.class.getMethod("statusCode");
        return MethodHandles.filterReturnValue(
            lookup.unreflect(status),
            lookup.findVirtual(status.getReturnType(), "value", MethodType.methodType(int.class)));
      }
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("ClientResponse has no status (expected: statusCode())", e);
    }
  }
}
