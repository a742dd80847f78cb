package dev.weft.context;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The headers of a request that arrived which every request that is sent because of it carries on:
 * its trace (W3C, B3), its request ID, and those that an operator named. Immutable, and refers to
 * nothing of the application, so it may outlive the request.
 *
 * <p>The inbound adapter attaches {@code InboundCall.context()} around the application's code;
 * executor hooks take the current one along; the engine reads it when a call is opened, on the
 * thread that opens it. A reactive library carries it in the library's own context, under the name
 * {@link #KEY}, and attaches it just around what it calls.
 */
public final class CallContext {

  /** Outside of any request, or of one that brought nothing to carry on. */
  public static final CallContext NONE = new CallContext(Collections.emptyList());

  /** Its name in a library's own context (Reactor, Vert.x, gRPC) or among request attributes. */
  public static final String KEY = "dev.weft.context";

  private static final ThreadLocal<@Nullable CallContext> CURRENT = new ThreadLocal<>();

  private final List<String> headers;

  private CallContext(List<String> headers) {
    this.headers = headers;
  }

  /**
   * @param headers names, in lower case, and values in turn; copied
   */
  public static CallContext of(List<String> headers) {
    if (headers.size() % 2 != 0) {
      throw new IllegalArgumentException(
          "headers: " + headers.size() + " texts (expected: names and values in turn)");
    }
    return headers.isEmpty()
        ? NONE
        : new CallContext(Collections.unmodifiableList(new ArrayList<>(headers)));
  }

  /** What belongs to the request that this thread works for; {@link #NONE} for no request. */
  public static CallContext current() {
    CallContext current = CURRENT.get();
    return current == null ? NONE : current;
  }

  /**
   * Makes this the current one of this thread.
   *
   * @return what was before: give it to {@link #restore} in a {@code finally}, on this thread
   */
  public CallContext attach() {
    CallContext before = current();
    set(this);
    return before;
  }

  /** Undoes an {@link #attach}. */
  public static void restore(CallContext before) {
    set(before);
  }

  private static void set(CallContext context) {
    if (context.isEmpty()) {
      // Pool threads of the application keep nothing of ours.
      CURRENT.remove();
    } else {
      CURRENT.set(context);
    }
  }

  /** {@code task}, run with this as the current one; {@code task} itself for an empty one. */
  public Runnable wrap(Runnable task) {
    if (isEmpty()) {
      return task;
    }
    return () -> {
      CallContext before = attach();
      try {
        task.run();
      } finally {
        restore(before);
      }
    };
  }

  public boolean isEmpty() {
    return headers.isEmpty();
  }

  /** Tells each header: its name in lower case, and its value. */
  public void forEach(BiConsumer<String, String> header) {
    for (int i = 0; i < headers.size(); i += 2) {
      header.accept(headers.get(i), headers.get(i + 1));
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof CallContext && headers.equals(((CallContext) other).headers);
  }

  @Override
  public int hashCode() {
    return Objects.hash(headers);
  }

  @Override
  public String toString() {
    return "context " + headers;
  }
}
