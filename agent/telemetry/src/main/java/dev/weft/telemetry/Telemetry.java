package dev.weft.telemetry;

import static java.util.Objects.requireNonNull;

import dev.weft.bootstrap.Mesh;
import dev.weft.engine.CallRecord;
import dev.weft.engine.CallRecorder;
import dev.weft.engine.ConnectionMeter;
import dev.weft.engine.EngineView;
import dev.weft.engine.Workload;
import dev.weft.engine.authorization.Finding;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Counts finished requests by Istio's metrics, and failures of the agent itself. Has a registry of
 * its own, apart from any that the application may have. Thread-safe; {@link #record} and {@link
 * #onProblem} are quick, bounded in memory, and do not throw.
 */
public final class Telemetry implements CallRecorder, Mesh.ProblemListener {

  /** In milliseconds; Envoy's. */
  private static final double[] BUCKETS = {
    0.5, 1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000, 30000, 60000, 300000, 600000,
    1800000, 3600000
  };

  private static final double NANOS_PER_MILLI = 1e6;
  private static final int MAX_SERIES = 2000;
  private static final int MAX_KEYS = 4 * MAX_SERIES;
  private static final int MAX_PROBLEM_LINES = 20;

  private final Workload self;
  private final Consumer<String> log;
  private final int maxSeries;
  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final Counter requests;
  private final Histogram durations;
  private final Counter requestMessages;
  private final Counter responseMessages;
  private final Counter problems;
  private final Counter authorization;
  private final ConnectionMetrics connections;

  private final ConcurrentHashMap<SeriesKey, Series> byKey = new ConcurrentHashMap<>();
  private final Set<List<String>> labelSets = new HashSet<>();
  private final ConcurrentHashMap<String, Boolean> problemKinds = new ConcurrentHashMap<>();

  /** The data points of one set of labels. */
  private static final class Series {
    final CounterDataPoint requests;
    final DistributionDataPoint durations;

    /** Of gRPC; null for what is none. */
    final @Nullable CounterDataPoint requestMessages;

    final @Nullable CounterDataPoint responseMessages;

    Series(
        CounterDataPoint requests,
        DistributionDataPoint durations,
        @Nullable CounterDataPoint requestMessages,
        @Nullable CounterDataPoint responseMessages) {
      this.requests = requests;
      this.durations = durations;
      this.requestMessages = requestMessages;
      this.responseMessages = responseMessages;
    }
  }

  /**
   * @param version of the agent
   * @param log takes lines for the operator
   */
  public Telemetry(Workload self, String version, Consumer<String> log) {
    this(self, version, log, MAX_SERIES);
  }

  Telemetry(Workload self, String version, Consumer<String> log, int maxSeries) {
    this.self = requireNonNull(self, "self");
    this.log = requireNonNull(log, "log");
    this.maxSeries = maxSeries;
    this.requests =
        Counter.builder()
            .name("istio_requests_total")
            .help("Finished HTTP and gRPC requests.")
            .labelNames(RequestLabels.NAMES)
            .withoutExemplars()
            .register(registry);
    this.durations =
        Histogram.builder()
            .name("istio_request_duration_milliseconds")
            .help("How long requests took, retries included.")
            .labelNames(RequestLabels.NAMES)
            .classicOnly()
            .classicUpperBounds(BUCKETS)
            .withoutExemplars()
            .register(registry);
    this.requestMessages =
        messages(
            registry, "istio_request_messages_total", "gRPC messages from callers to the called.");
    this.responseMessages =
        messages(
            registry, "istio_response_messages_total", "gRPC messages from the called to callers.");
    this.connections = new ConnectionMetrics(self, maxSeries, registry);
    this.problems =
        Counter.builder()
            .name("weft_problems_total")
            .help("Failures inside the agent that were kept away from the application.")
            .labelNames("where")
            .withoutExemplars()
            .register(registry);
    this.authorization =
        Counter.builder()
            .name("weft_authorization_total")
            .help("Requests and connections about which a security policy had something to say.")
            .labelNames("result", "policy")
            .withoutExemplars()
            .register(registry);
    Gauge.builder()
        .name("weft_build")
        .help("Version of the agent; always 1.")
        .labelNames("component", "tag")
        .withoutExemplars()
        .register(registry)
        .labelValues("agent", version)
        .set(1);
  }

  private static Counter messages(PrometheusRegistry registry, String name, String help) {
    return Counter.builder()
        .name(name)
        .help(help)
        .labelNames(RequestLabels.NAMES)
        .withoutExemplars()
        .register(registry);
  }

  /**
   * Adds the gauges of policy and connection. To be called once.
   *
   * @param policyAgeSeconds since the policy was last known to be current; NaN for no policy
   * @param connected whether a control server is connected
   */
  public void observe(
      EngineView engine, DoubleSupplier policyAgeSeconds, BooleanSupplier connected) {
    gauge(
        "weft_policy_age_seconds",
        "How long ago the policy in force was last known to be current; NaN when there is none.",
        policyAgeSeconds);
    gauge(
        "weft_control_connected",
        "Whether a control server is connected.",
        () -> connected.getAsBoolean() ? 1 : 0);
    gauge(
        "weft_policy_rejected_resources",
        "Resources whose newest version was refused.",
        () -> engine.policy().rejections.size());
    GaugeWithCallback.builder()
        .name("weft_ejected_endpoints")
        .help("Endpoints that outlier detection keeps out.")
        .labelNames("cluster")
        .callback(
            callback -> {
              for (EngineView.Cluster cluster : engine.clusters()) {
                int ejected = 0;
                for (EngineView.Member member : cluster.endpoints) {
                  ejected += member.ejected ? 1 : 0;
                }
                callback.call(ejected, cluster.name);
              }
            })
        .register(registry);
  }

  /**
   * Adds the metrics of our certificate. To be called once.
   *
   * @param secondsToExpiry negative when it has expired; NaN for no certificate
   */
  public void observeCertificate(
      DoubleSupplier secondsToExpiry, LongSupplier renewals, LongSupplier failedRenewals) {
    gauge(
        "weft_certificate_expiry_seconds",
        "Time until our certificate expires; NaN when there is none.",
        secondsToExpiry);
    CounterWithCallback.builder()
        .name("weft_certificate_renewals_total")
        .help("Answers to requests for a certificate, the first included.")
        .labelNames("result")
        .callback(
            callback -> {
              callback.call((double) renewals.getAsLong(), "success");
              callback.call((double) failedRenewals.getAsLong(), "failure");
            })
        .register(registry);
  }

  /**
   * Adds the counter of connections that were refused before they were opened. To be called once.
   *
   * @param refused by reason, what was counted so far
   */
  public void observeRefusals(Supplier<Map<String, Long>> refused) {
    CounterWithCallback.builder()
        .name("weft_refused_connections_total")
        .help(
            "Connections that were not opened: not mutual TLS where it must be, or not in the registry.")
        .labelNames("reason")
        .callback(
            callback ->
                refused.get().forEach((reason, count) -> callback.call((double) count, reason)))
        .register(registry);
  }

  private void gauge(String name, String help, DoubleSupplier value) {
    GaugeWithCallback.builder()
        .name(name)
        .help(help)
        .callback(callback -> callback.call(value.getAsDouble()))
        .register(registry);
  }

  @Override
  public void record(CallRecord record) {
    SeriesKey key = new SeriesKey(record);
    Series series = byKey.get(key);
    if (series == null) {
      series = series(record);
      if (byKey.size() >= MAX_KEYS) {
        // Keys hold parts of snapshots long gone; the series themselves stay.
        byKey.clear();
      }
      byKey.put(key, series);
    }
    series.requests.inc();
    series.durations.observe(record.durationNanos / NANOS_PER_MILLI);
    if (series.requestMessages != null && series.responseMessages != null) {
      series.requestMessages.inc(record.requestMessages);
      series.responseMessages.inc(record.responseMessages);
    }
    countFindings(record);
  }

  @Override
  public void recordConnection(CallRecord record, boolean ended) {
    connections.count(record, ended);
    if (ended) {
      countFindings(record);
    }
  }

  private void countFindings(CallRecord record) {
    for (int i = 0; i < record.findings.size(); i++) {
      Finding finding = record.findings.get(i);
      // Policies are as many as operators write; their names are no secret.
      authorization.labelValues(finding.kind.name().toLowerCase(Locale.ROOT), finding.policy).inc();
    }
  }

  @Override
  public ConnectionMeter connection(CallRecord record) {
    return connections.open(record);
  }

  private Series series(CallRecord record) {
    String[] labels = bounded(record, RequestLabels.of(record, self));
    boolean grpc = record.grpcStatus >= 0;
    return new Series(
        requests.labelValues(labels),
        durations.labelValues(labels),
        grpc ? requestMessages.labelValues(labels) : null,
        grpc ? responseMessages.labelValues(labels) : null);
  }

  private String[] bounded(CallRecord record, String[] labels) {
    synchronized (labelSets) {
      List<String> set = Arrays.asList(labels);
      if (!labelSets.contains(set)) {
        if (labelSets.size() >= maxSeries) {
          return RequestLabels.overflow(record.side);
        }
        labelSets.add(set);
      }
    }
    return labels;
  }

  /** Counts; the first of each kind, up to a limit, is also told in one line. */
  @Override
  public void onProblem(String where, Throwable problem) {
    String kind = where + ": " + problem.getClass().getName();
    boolean known = problemKinds.containsKey(kind);
    if (!known && problemKinds.size() < MAX_PROBLEM_LINES) {
      known = problemKinds.putIfAbsent(kind, Boolean.TRUE) != null;
      if (!known) {
        log.accept("problem in " + where + ", told once: " + problem + at(problem));
      }
    }
    // Kinds beyond the limit share a series, whatever calls itself a place.
    problems.labelValues(problemKinds.containsKey(kind) ? where : "other").inc();
  }

  private static String at(Throwable problem) {
    StackTraceElement[] trace = problem.getStackTrace();
    return trace.length == 0 ? "" : " at " + trace[0];
  }

  /** Writes all metrics in Prometheus' text format. */
  void scrape(OutputStream out) throws IOException {
    PrometheusTextFormatWriter.builder().build().write(out, registry.scrape());
  }
}
