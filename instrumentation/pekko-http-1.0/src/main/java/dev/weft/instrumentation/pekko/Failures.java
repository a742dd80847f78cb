package dev.weft.instrumentation.pekko;

import org.apache.pekko.http.impl.engine.server.ServerTerminationDeadlineReached;
import org.apache.pekko.http.scaladsl.model.EntityStreamException;
import org.apache.pekko.http.scaladsl.model.EntityStreamSizeException;
import org.apache.pekko.http.scaladsl.model.IllegalUriException;
import scala.util.control.NonFatal;

/** What a server makes of a failure in the place of a response. */
final class Failures {

  private Failures() {}

  /** The status that it sends; 0 when it closes the connection instead. */
  static int status(Throwable failure) {
    if (failure instanceof EntityStreamException || failure instanceof IllegalUriException) {
      return 400;
    }
    if (failure instanceof EntityStreamSizeException) {
      return 413;
    }
    return failure instanceof ServerTerminationDeadlineReached || !NonFatal.apply(failure)
        ? 0
        : 500;
  }

  /** The one failure to which it sends nothing. */
  static Throwable unanswered() {
    return new ServerTerminationDeadlineReached();
  }
}
