package dev.weft.testkit;

import static java.util.Objects.requireNonNull;

import dev.weft.outbound.OutboundMesh.Connection;
import dev.weft.transport.Endpoint;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A connection that is decided in advance, and keeps what a floor tells of it. Thread-safe. */
public final class ScriptedConnection implements Connection {

  private final Step step;
  private final @Nullable Endpoint endpoint;
  private final String reason;
  private volatile @Nullable CompletionStage<?> pending;
  private volatile long connectTimeoutNanos;
  private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
  private final AtomicLong sent = new AtomicLong();
  private final AtomicLong received = new AtomicLong();

  private ScriptedConnection(Step step, @Nullable Endpoint endpoint, String reason) {
    this.step = step;
    this.endpoint = endpoint;
    this.reason = reason;
  }

  public static ScriptedConnection to(Endpoint endpoint) {
    return new ScriptedConnection(Step.REDIRECT, endpoint, "");
  }

  /** One that goes where the application wants, and is counted. */
  public static ScriptedConnection counted() {
    return new ScriptedConnection(Step.COUNT, null, "");
  }

  /** One that is not the mesh's after all. */
  public static ScriptedConnection left() {
    return new ScriptedConnection(Step.LEAVE, null, "");
  }

  public static ScriptedConnection refused(String reason) {
    return new ScriptedConnection(Step.REFUSE, null, reason);
  }

  /** Waits for {@code stage} before it decides, 5 s at most. */
  public ScriptedConnection after(CompletionStage<?> stage) {
    pending = stage;
    return this;
  }

  /** Connecting may take that long. */
  public ScriptedConnection within(long millis) {
    connectTimeoutNanos = TimeUnit.MILLISECONDS.toNanos(millis);
    return this;
  }

  /** The next thing that was told, bytes left out: {@code start} is the first; waits for it. */
  public String takeEvent() throws InterruptedException {
    return requireNonNull(events.poll(5, TimeUnit.SECONDS), "nothing was told within 5 s");
  }

  /** What was told and not taken. */
  public List<String> events() {
    return List.copyOf(events);
  }

  public long bytesSent() {
    return sent.get();
  }

  public long bytesReceived() {
    return received.get();
  }

  @Override
  public @Nullable CompletionStage<?> pending() {
    return pending;
  }

  @Override
  public long patienceNanos() {
    return TimeUnit.SECONDS.toNanos(5);
  }

  @Override
  public Step start() {
    events.add("start");
    return step;
  }

  @Override
  public Endpoint endpoint() {
    return requireNonNull(endpoint, "endpoint");
  }

  @Override
  public long connectTimeoutNanos() {
    return connectTimeoutNanos;
  }

  @Override
  public String reason() {
    return reason;
  }

  @Override
  public void connected() {
    events.add("connected");
  }

  @Override
  public void failed(Throwable failure) {
    events.add("failed " + failure.getClass().getSimpleName());
  }

  @Override
  public void sent(long bytes) {
    sent.addAndGet(bytes);
  }

  @Override
  public void received(long bytes) {
    received.addAndGet(bytes);
  }

  @Override
  public void closed() {
    events.add("closed");
  }
}
