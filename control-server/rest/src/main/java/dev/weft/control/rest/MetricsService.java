package dev.weft.control.rest;

import static java.util.Objects.requireNonNull;

import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.weft.control.core.AgentBoard;
import dev.weft.control.core.AgentBoard.Sync;
import dev.weft.control.core.CertificateAuthority;
import dev.weft.control.core.DesiredState;
import dev.weft.control.core.InstanceRegistry;
import dev.weft.control.core.JwksSource;
import dev.weft.control.core.Kind;
import dev.weft.control.core.ResourceStore;
import dev.weft.control.core.StoredToken;
import dev.weft.control.core.Tokens;
import dev.weft.model.Registration;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** {@code /metrics}: numbers of the server itself, read when they are asked for. */
final class MetricsService implements Handler {

  private final PrometheusRegistry metrics = new PrometheusRegistry();
  private final PrometheusTextFormatWriter writer = PrometheusTextFormatWriter.create();

  MetricsService(
      ResourceStore store,
      InstanceRegistry registry,
      DesiredState desired,
      AgentBoard board,
      Watches watches) {
    requireNonNull(store, "store");
    resources(store);
    instances(registry);
    agents(board);
    keys(desired);
    gauge("weft_watches", "Open watches.", watches::size);
    gauge(
        "weft_held_resources",
        "Resources of which an older version is in force.",
        () ->
            store.snapshot().all().stream()
                .filter(resource -> desired.state().held(resource.key()) != null)
                .count());
    counter(
        "weft_store_revision",
        "Writes of resources since the store was made.",
        () -> store.snapshot().revision());
    counter(
        "weft_desired_state_revision",
        "Changes of resources and instances since the server started.",
        desired::revision);
    gauge(
        "process_start_time_seconds",
        "Start of the process, in seconds since the epoch.",
        () -> ManagementFactory.getRuntimeMXBean().getStartTime() / 1000.0);
    gauge(
        "jvm_memory_heap_used_bytes",
        "Heap in use.",
        () -> ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
  }

  /** The same with what is known of certificates and tokens. */
  MetricsService withSecurity(Tokens tokens, CertificateAuthority authority, Clock clock) {
    counter(
        "weft_certificates_issued",
        "Certificates issued to workloads since the server started.",
        authority::issued);
    counter(
        "weft_certificates_refused",
        "Requests for a certificate that were refused since the server started.",
        authority::refused);
    GaugeWithCallback.builder()
        .name("weft_root_expiry_seconds")
        .help("Seconds until a trusted root expires.")
        .labelNames("pin", "role")
        .callback(
            callback -> {
              for (CertificateAuthority.Root root : authority.roots()) {
                callback.call(
                    (double) Duration.between(clock.instant(), root.notAfter()).toSeconds(),
                    root.pin(),
                    root.role().name());
              }
            })
        .register(metrics);
    GaugeWithCallback.builder()
        .name("weft_tokens")
        .help("Tokens that are remembered.")
        .labelNames("type", "state")
        .callback(
            callback -> {
              Map<List<String>, Integer> counts = new HashMap<>();
              for (StoredToken token : tokens.all()) {
                List<String> labels =
                    List.of(token.type().name(), TokenService.state(token, clock.instant()));
                counts.merge(labels, 1, Integer::sum);
              }
              counts.forEach((labels, count) -> callback.call(count, labels.get(0), labels.get(1)));
            })
        .register(metrics);
    return this;
  }

  private void counter(String name, String help, Value value) {
    CounterWithCallback.builder()
        .name(name)
        .help(help)
        .callback(callback -> callback.call(value.get()))
        .register(metrics);
  }

  @Override
  public HttpResponse handle(ServiceRequestContext context, AggregatedHttpRequest request) {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    try {
      writer.write(text, metrics.scrape());
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory failed", e);
    }
    return HttpResponse.of(
        ResponseHeaders.of(
            HttpStatus.OK, HttpHeaderNames.CONTENT_TYPE, PrometheusTextFormatWriter.CONTENT_TYPE),
        HttpData.wrap(text.toByteArray()));
  }

  private void resources(ResourceStore store) {
    GaugeWithCallback.builder()
        .name("weft_resources")
        .help("Stored resources.")
        .labelNames("kind")
        .callback(
            callback -> {
              ResourceStore.Snapshot snapshot = store.snapshot();
              for (Kind kind : Kind.all()) {
                callback.call(snapshot.list(kind, null).size(), kind.name());
              }
            })
        .register(metrics);
  }

  private void instances(InstanceRegistry registry) {
    GaugeWithCallback.builder()
        .name("weft_instances")
        .help("Registered instances.")
        .labelNames("state")
        .callback(
            callback -> {
              for (Registration.State state : Registration.State.values()) {
                callback.call(
                    (double)
                        registry.instances().stream().filter(each -> each.state() == state).count(),
                    state.name());
              }
            })
        .register(metrics);
  }

  private void agents(AgentBoard board) {
    GaugeWithCallback.builder()
        .name("weft_agents")
        .help("Connected agents.")
        .labelNames("sync")
        .callback(
            callback -> {
              for (Sync sync : Sync.values()) {
                callback.call(
                    (double) board.agents().stream().filter(each -> each.sync() == sync).count(),
                    sync.name());
              }
            })
        .register(metrics);
  }

  private void keys(DesiredState desired) {
    CounterWithCallback.builder()
        .name("weft_jwks_fetches_total")
        .help("Fetches of keys of token issuers.")
        .labelNames("result")
        .callback(
            callback -> {
              JwksSource.Stats stats = desired.keyStats();
              callback.call((double) (stats.fetches() - stats.failures()), "ok");
              callback.call((double) stats.failures(), "failed");
            })
        .register(metrics);
    GaugeWithCallback.builder()
        .name("weft_jwks_key_sets")
        .help("Wanted key sets: fresh, stale (the issuer is away, the last keys stay), missing.")
        .labelNames("state")
        .callback(
            callback -> {
              Map<String, Double> counts = new TreeMap<>();
              for (String state : List.of("fresh", "stale", "missing")) {
                counts.put(state, 0.0);
              }
              for (JwksSource.KeySet set : desired.keyStats().sets()) {
                String state =
                    set.fetchedAt() == null ? "missing" : set.failing() ? "stale" : "fresh";
                counts.merge(state, 1.0, Double::sum);
              }
              counts.forEach((state, count) -> callback.call(count, state));
            })
        .register(metrics);
  }

  private interface Value {
    double get();
  }

  private void gauge(String name, String help, Value value) {
    GaugeWithCallback.builder()
        .name(name)
        .help(help)
        .callback(callback -> callback.call(value.get()))
        .register(metrics);
  }
}
