package dev.weft.agent;

import dev.weft.engine.Workload;
import dev.weft.model.Registration;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** Who this process is in the mesh, from its settings. */
final class Identity {

  private Identity() {}

  static Workload workload(Settings settings) {
    Map<String, String> labels = settings.labels();
    String version = labels.get("version");
    String service = settings.serviceName();
    String workload = version == null ? service : service + "-" + version;
    return new Workload(
        service,
        settings.namespace(),
        workload,
        first(
            service,
            labels.get("service.istio.io/canonical-name"),
            labels.get("app.kubernetes.io/name"),
            labels.get("app")),
        first(
            "latest",
            labels.get("service.istio.io/canonical-revision"),
            labels.get("app.kubernetes.io/version"),
            version),
        labels,
        settings.locality());
  }

  /** What is known before anything was looked up; the address is empty unless it was set. */
  static Registration registration(Settings settings, Workload workload) {
    String address = settings.instanceAddress();
    return Registration.builder()
        .instanceId(instanceId(workload))
        .service(workload.service)
        .namespace(workload.namespace)
        .serviceAccount(settings.serviceAccount())
        .workload(workload.workload)
        .address(address == null ? "" : address)
        .labels(workload.labels)
        .locality(workload.locality)
        .state(Registration.State.STARTING)
        .javaVersion(System.getProperty("java.version", ""))
        .build();
  }

  /** Not from {@code SecureRandom}, whose first use costs seconds on some machines. */
  private static String instanceId(Workload workload) {
    String host = System.getenv("HOSTNAME");
    long unique = ThreadLocalRandom.current().nextLong() ^ System.nanoTime();
    return (host == null || host.isEmpty() ? workload.workload : host)
        + "-"
        + Long.toHexString(unique);
  }

  private static String first(String otherwise, @Nullable String... candidates) {
    for (String candidate : candidates) {
      if (candidate != null && !candidate.isEmpty()) {
        return candidate;
      }
    }
    return otherwise;
  }
}
