package sample.tomcat;

import dev.weft.testkit.ServerSignals;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;

/** Answers {@code /valve} itself, with 418; everything else goes on to the servlets. */
public final class SampleValve extends ValveBase {

  public SampleValve() {
    super(true);
  }

  @Override
  public void invoke(Request request, Response response) {
    if (request.getRequestURI().equals("/valve")) {
      ServerSignals.give("called");
      response.setStatus(418);
      return;
    }
    try {
      getNext().invoke(request, response);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
