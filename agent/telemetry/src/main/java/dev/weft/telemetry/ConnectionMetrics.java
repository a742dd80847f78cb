package dev.weft.telemetry;

import dev.weft.engine.CallRecord;
import dev.weft.engine.ConnectionMeter;
import dev.weft.engine.Workload;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Istio's metrics of connections, of those whose requests nobody sees. Bytes count as they flow.
 * Thread-safe, bounded in memory.
 */
final class ConnectionMetrics {

  private final Workload self;
  private final int maxSeries;
  private final Counter opened;
  private final Counter closed;
  private final Counter sent;
  private final Counter received;

  private final ConcurrentHashMap<SeriesKey, Series> byKey = new ConcurrentHashMap<>();
  private final Set<List<String>> labelSets = new HashSet<>();

  /** The data points of one set of labels. */
  private static final class Series implements ConnectionMeter {
    final CounterDataPoint opened;
    final CounterDataPoint closed;
    final CounterDataPoint sent;
    final CounterDataPoint received;

    Series(
        CounterDataPoint opened,
        CounterDataPoint closed,
        CounterDataPoint sent,
        CounterDataPoint received) {
      this.opened = opened;
      this.closed = closed;
      this.sent = sent;
      this.received = received;
    }

    @Override
    public void sent(long bytes) {
      sent.inc(bytes);
    }

    @Override
    public void received(long bytes) {
      received.inc(bytes);
    }

    @Override
    public void closed() {
      closed.inc();
    }
  }

  ConnectionMetrics(Workload self, int maxSeries, PrometheusRegistry registry) {
    this.self = self;
    this.maxSeries = maxSeries;
    this.opened =
        counter(registry, "istio_tcp_connections_opened_total", "Connections that were opened.");
    this.closed =
        counter(registry, "istio_tcp_connections_closed_total", "Connections that were closed.");
    this.sent = counter(registry, "istio_tcp_sent_bytes_total", "Bytes that the application sent.");
    this.received =
        counter(registry, "istio_tcp_received_bytes_total", "Bytes that the application received.");
  }

  private static Counter counter(PrometheusRegistry registry, String name, String help) {
    return Counter.builder()
        .name(name)
        .help(help)
        .labelNames(RequestLabels.CONNECTION_NAMES)
        .withoutExemplars()
        .register(registry);
  }

  /** One that was opened. */
  ConnectionMeter open(CallRecord record) {
    Series series = of(record);
    series.opened.inc();
    return series;
  }

  /** One that was opened, or has ended, and whose bytes nobody counts. */
  void count(CallRecord record, boolean ended) {
    Series series = of(record);
    (ended ? series.closed : series.opened).inc();
  }

  private Series of(CallRecord record) {
    SeriesKey key = new SeriesKey(record);
    Series series = byKey.get(key);
    if (series == null) {
      series = series(record);
      if (byKey.size() >= 4 * maxSeries) {
        byKey.clear();
      }
      byKey.put(key, series);
    }
    return series;
  }

  private Series series(CallRecord record) {
    String[] labels = RequestLabels.ofConnection(RequestLabels.of(record, self));
    synchronized (labelSets) {
      List<String> set = Arrays.asList(labels);
      if (!labelSets.contains(set)) {
        if (labelSets.size() < maxSeries) {
          labelSets.add(set);
        } else {
          labels = RequestLabels.ofConnection(RequestLabels.overflow(record.side));
        }
      }
    }
    return new Series(
        opened.labelValues(labels),
        closed.labelValues(labels),
        sent.labelValues(labels),
        received.labelValues(labels));
  }
}
