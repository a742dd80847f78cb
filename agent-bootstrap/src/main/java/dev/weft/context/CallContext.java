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

  /**
   * How a context follows a task that the JDK runs on another thread, or later, without a change to
   * the task: called by code that is inlined into the JDK. Outside of any request all of it is a
   * look at one thread-local and at an empty map. Never throws.
   */
  public static final class Handover {

    private static final Carried TASKS = new Carried();
    private static final Carried FORKS = new Carried();
    private static final Carried STAGES = new Carried();

    private Handover() {}

    // ---- a pool of threads: what a thread's context is, is what its task brought, or nothing

    /** A task goes into the pool's queue. */
    public static void submitted(@Nullable Runnable task) {
      if (task != null) {
        TASKS.add(task, current());
      }
    }

    /** The pool does not take it, or its thread is about to run it elsewhere. */
    public static void refused(@Nullable Runnable task) {
      if (task != null) {
        TASKS.take(task);
      }
    }

    /** The pool's thread took it out of the queue and runs it next. */
    public static void taken(@Nullable Runnable task) {
      CallContext context = task == null ? NONE : TASKS.take(task);
      if (!context.isEmpty() || CURRENT.get() != null) {
        set(context);
      }
    }

    // ---- fork and join: a thread runs others' tasks in the middle of one of its own

    /** A task is forked, pushed or about to be run in place. */
    public static void forked(@Nullable Object task) {
      if (task != null) {
        FORKS.set(task, current());
      }
    }

    /**
     * It runs.
     *
     * @return for {@link #done}
     */
    public static @Nullable CallContext run(Object task) {
      return enter(FORKS.remove(task));
    }

    // ---- stages of a future: run by whoever completes it

    /** It is registered. */
    public static void registered(Object stage) {
      STAGES.set(stage, current());
    }

    /**
     * It may run now.
     *
     * @return for {@link #done}
     */
    public static @Nullable CallContext fired(Object stage) {
      return enter(STAGES.get(stage));
    }

    /** It ran and will not again. */
    public static void over(Object stage) {
      STAGES.remove(stage);
    }

    // ---- both

    private static @Nullable CallContext enter(CallContext context) {
      CallContext before = current();
      if (before.equals(context)) {
        return null;
      }
      set(context);
      return before;
    }

    /** What {@link #run} or {@link #fired} began is done. */
    public static void done(@Nullable CallContext before) {
      if (before != null) {
        set(before);
      }
    }

    /** Whether nothing is on its way; for tests. */
    public static boolean isIdle() {
      return TASKS.isEmpty() && FORKS.isEmpty() && STAGES.isEmpty();
    }
  }
}
