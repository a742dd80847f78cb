package dev.weft.agent;

import dev.weft.bootstrap.Mesh;
import dev.weft.engine.CallRecord;
import dev.weft.engine.CallRecorder;
import dev.weft.engine.ConnectionMeter;
import dev.weft.engine.Workload;
import dev.weft.telemetry.Telemetry;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Telemetry that is made by the first request, or by the agent's thread, whichever comes first: the
 * metrics library stays off the start path. Thread-safe.
 */
final class LateTelemetry implements CallRecorder, Mesh.ProblemListener {

  private final Workload self;
  private final Supplier<String> version;
  private volatile @Nullable Telemetry made;

  LateTelemetry(Workload self, Supplier<String> version) {
    this.self = self;
    this.version = version;
  }

  Telemetry get() {
    Telemetry existing = made;
    return existing != null ? existing : make();
  }

  private synchronized Telemetry make() {
    Telemetry existing = made;
    if (existing == null) {
      existing = new Telemetry(self, version.get(), Console::say);
      made = existing;
    }
    return existing;
  }

  @Override
  public void record(CallRecord record) {
    get().record(record);
  }

  @Override
  public void recordConnection(CallRecord record, boolean ended) {
    get().recordConnection(record, ended);
  }

  @Override
  public ConnectionMeter connection(CallRecord record) {
    return get().connection(record);
  }

  @Override
  public void onProblem(String where, Throwable problem) {
    get().onProblem(where, problem);
  }
}
