package dev.weft.engine;

import dev.weft.model.Rejection;
import dev.weft.model.Update;
import java.util.List;

/** Where policy enters the engine. */
public interface PolicySink {

  /**
   * Applies {@code update} as one new snapshot. A resource that is invalid (a regex that does not
   * compile, a route to an upstream that nobody has) keeps its last good version and is named in
   * the result; all others apply. Calls are serialised by the implementation; requests are not held
   * up.
   */
  List<Rejection> apply(Update update);
}
