package dev.weft.control.rest;

import static java.util.Objects.requireNonNull;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpResponseWriter;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.weft.control.core.Kind;
import dev.weft.control.core.Refused;
import dev.weft.control.core.Resource;
import dev.weft.control.core.ResourceStore;
import dev.weft.control.core.ResourceStore.Change;
import java.io.ByteArrayOutputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The open watches: each streams the changes of what it selects, one JSON object a line. */
final class Watches implements AutoCloseable {

  private static final long BOOKMARK_SECONDS = 30;

  private final ResourceStore store;
  private final Tables tables;
  private final Set<Watch> open = ConcurrentHashMap.newKeySet();

  Watches(ResourceStore store, Tables tables) {
    this.store = requireNonNull(store, "store");
    this.tables = requireNonNull(tables, "tables");
  }

  /** What is watched, and how its objects are written. */
  record Subject(
      Kind kind,
      String apiVersion,
      Predicate<Resource> collection,
      Predicate<Resource> selection,
      boolean asTable) {

    boolean includes(Resource resource) {
      return collection.test(resource) && selection.test(resource);
    }
  }

  HttpResponse open(ServiceRequestContext context, Subject subject, Query query) throws Refused {
    long from = query.number("resourceVersion", 0);
    if (from > 0) {
      // A start that is too old is refused at once, before anything was streamed.
      store.changesAfter(from);
    }
    long seconds = query.number("timeoutSeconds", 0);
    boolean bookmarks = query.flag("allowWatchBookmarks");
    context.clearRequestTimeout();
    context.setMaxRequestLength(0);
    HttpResponseWriter writer = HttpResponse.streaming();
    writer.write(ResponseHeaders.builder(HttpStatus.OK).contentType(MediaType.JSON).build());
    Watch watch = new Watch(subject, writer, context.blockingTaskExecutor(), from);
    open.add(watch);
    ResourceStore.Subscription subscription = store.onChange(watch::wake);
    writer
        .whenComplete()
        .whenComplete(
            (nothing, failure) -> {
              subscription.close();
              open.remove(watch);
            });
    if (seconds > 0) {
      context.eventLoop().schedule(watch::end, seconds, TimeUnit.SECONDS);
    }
    if (bookmarks) {
      bookmarkLater(context, watch);
    }
    watch.wake();
    return writer;
  }

  int size() {
    return open.size();
  }

  private static void bookmarkLater(ServiceRequestContext context, Watch watch) {
    context
        .eventLoop()
        .schedule(
            () -> {
              if (watch.writer.isOpen()) {
                watch.bookmark();
                bookmarkLater(context, watch);
              }
            },
            BOOKMARK_SECONDS,
            TimeUnit.SECONDS);
  }

  /** Ends all watches, so that the server can stop; their clients come back by themselves. */
  @Override
  public void close() {
    open.forEach(Watch::end);
  }

  /**
   * One watcher. Its events are written by one thread at a time, and only when what was written
   * before has left; a watcher that is too slow falls out of the change log and hears 410.
   */
  private final class Watch {
    private final Subject subject;
    private final HttpResponseWriter writer;
    private final Executor executor;
    private final AtomicInteger wakeups = new AtomicInteger();
    private volatile boolean bookmarkDue;
    private boolean columnsSent;
    private boolean started;
    private long cursor;

    Watch(Subject subject, HttpResponseWriter writer, Executor executor, long from) {
      this.subject = subject;
      this.writer = writer;
      this.executor = executor;
      this.cursor = from;
      this.started = from > 0;
    }

    void wake() {
      if (wakeups.getAndIncrement() == 0) {
        executor.execute(this::pump);
      }
    }

    void bookmark() {
      bookmarkDue = true;
      wake();
    }

    void end() {
      writer.close();
    }

    private void pump() {
      int seen = wakeups.get();
      byte[] events;
      try {
        events = started ? changes() : initial();
      } catch (Refused gone) {
        if (writer.tryWrite(HttpData.wrap(line("ERROR", Statuses.failure(gone))))) {
          writer.close();
        }
        return;
      }
      if (events.length > 0 && !writer.tryWrite(HttpData.wrap(events))) {
        return; // The client is gone; whenComplete cleans up.
      }
      writer
          .whenConsumed()
          .thenRunAsync(
              () -> {
                if (wakeups.addAndGet(-seen) > 0) {
                  pump();
                }
              },
              executor);
    }

    /** Without a version to start from, the state as it is comes first. */
    private byte[] initial() {
      ResourceStore.Snapshot snapshot = store.snapshot();
      ByteArrayOutputStream lines = new ByteArrayOutputStream();
      for (Resource resource : snapshot.all()) {
        if (subject.includes(resource)) {
          lines.writeBytes(line("ADDED", object(resource)));
        }
      }
      cursor = snapshot.revision();
      started = true;
      return lines.toByteArray();
    }

    private byte[] changes() throws Refused {
      List<Change> changes = store.changesAfter(cursor);
      ByteArrayOutputStream lines = new ByteArrayOutputStream();
      for (Change change : changes) {
        String type = typeFor(change);
        if (type != null) {
          lines.writeBytes(line(type, object(change.resource())));
        }
        cursor = change.revision();
      }
      if (bookmarkDue) {
        bookmarkDue = false;
        lines.writeBytes(line("BOOKMARK", bookmarkObject()));
      }
      return lines.toByteArray();
    }

    /** Null where the watcher need not know. */
    private @Nullable String typeFor(Change change) {
      if (subject.includes(change.resource())) {
        return change.type().name();
      }
      // Its labels may have been changed so that it is no longer selected: gone, for this watcher.
      boolean perhapsSelectedBefore =
          change.type() == Change.Type.MODIFIED && subject.collection().test(change.resource());
      return perhapsSelectedBefore ? "DELETED" : null;
    }

    private Map<String, Object> object(Resource resource) {
      if (!subject.asTable()) {
        return resource.tree(subject.apiVersion());
      }
      Kind kind = resource.key().kind();
      boolean first = !columnsSent;
      columnsSent = true;
      return tables.table(kind, List.of(resource), subject.apiVersion(), resource.version(), first);
    }

    private Map<String, Object> bookmarkObject() {
      Map<String, Object> object = new LinkedHashMap<>();
      object.put("kind", subject.kind().name());
      object.put("apiVersion", subject.apiVersion());
      object.put("metadata", Map.of("resourceVersion", Long.toString(cursor)));
      return object;
    }

    private byte[] line(String type, Map<String, Object> object) {
      Map<String, Object> event = new LinkedHashMap<>();
      event.put("type", type);
      event.put("object", object);
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      line.writeBytes(Bodies.write(event));
      line.write('\n');
      return line.toByteArray();
    }
  }
}
