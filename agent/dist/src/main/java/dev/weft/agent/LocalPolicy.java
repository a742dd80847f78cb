package dev.weft.agent;

import dev.weft.engine.HostDirectory;
import dev.weft.engine.PolicySink;
import dev.weft.model.Endpoints;
import dev.weft.model.InboundPolicy;
import dev.weft.model.Registration;
import dev.weft.model.Rejection;
import dev.weft.model.RouteTable;
import dev.weft.model.Update;
import dev.weft.model.Upstream;
import dev.weft.policy.Document;
import dev.weft.policy.Documents;
import dev.weft.policy.Finding;
import dev.weft.policy.InboundResolution;
import dev.weft.policy.InboundResolver;
import dev.weft.policy.PolicySet;
import dev.weft.policy.Problem;
import dev.weft.policy.Resolution;
import dev.weft.policy.Resolver;
import dev.weft.policy.Validator;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Stand-alone mode: policy from a file, resolved here by the same code as in the control server.
 * Hosts are resolved when the application first calls them. A document that is wrong keeps its last
 * good version. Thread-safe.
 */
final class LocalPolicy implements HostDirectory {

  private static final int MAX_HOSTS = 2000;
  private static final String SECURITY = "security.istio.io";

  private final File file;
  private final Registration caller;
  private final PolicySink sink;
  private final Consumer<String> log;
  private final CompletableFuture<Void> firstRead = new CompletableFuture<>();

  /** Below: guarded by this. */
  private final Set<String> hosts = new LinkedHashSet<>();

  private final Map<String, Document> lastGood = new LinkedHashMap<>();
  private Set<String> upstreams = Collections.emptySet();
  private @Nullable PolicySet policies;
  private @Nullable String version;

  LocalPolicy(File file, Registration caller, PolicySink sink, Consumer<String> log) {
    this.file = file;
    this.caller = caller;
    this.sink = sink;
    this.log = log;
  }

  @Override
  public @Nullable CompletionStage<?> request(String routeTable) {
    synchronized (this) {
      if (hosts.size() >= MAX_HOSTS || !hosts.add(routeTable)) {
        return policies == null ? firstRead : null;
      }
      PolicySet now = policies;
      if (now == null) {
        return firstRead;
      }
      apply(now, Collections.singleton(routeTable), null);
      return null;
    }
  }

  /** Reads the file when it is new or has changed; otherwise costs one look at its date. */
  void refresh() {
    String current = file.lastModified() + ":" + file.length();
    synchronized (this) {
      if (current.equals(version)) {
        return;
      }
      version = current;
    }
    try {
      if (!file.isFile()) {
        throw new IOException("no such file");
      }
      read(new String(Files.readAllBytes(file.toPath()), StandardCharsets.UTF_8));
    } catch (IOException | RuntimeException e) {
      log.accept("policy file " + file + " cannot be read: " + e.getMessage());
    }
    firstRead.complete(null);
  }

  private void read(String text) {
    Documents.Parsed parsed = Documents.parse(text);
    for (Problem problem : parsed.problems()) {
      log.accept("policy file " + file + ": " + problem.text());
    }
    Map<String, Document> documents = new LinkedHashMap<>();
    for (Document document : parsed.documents()) {
      List<Problem> problems = Validator.validate(document);
      for (Problem problem : problems) {
        log.accept("policy file " + file + ": " + document.key() + ": " + problem.text());
      }
      Document good = Validator.isRefused(problems) ? instead(document) : document;
      if (good != null) {
        documents.put(document.key(), good);
      }
    }
    synchronized (this) {
      if (!parsed.problems().isEmpty()) {
        // What could not be read has no name: it may be any of those that were there.
        for (Map.Entry<String, Document> entry : lastGood.entrySet()) {
          documents.putIfAbsent(entry.getKey(), entry.getValue());
        }
      }
      lastGood.clear();
      lastGood.putAll(documents);
      PolicySet next =
          PolicySet.builder()
              .documents(documents.values())
              .defaultNamespace(caller.namespace())
              .build();
      policies = next;
      apply(next, hosts, inbound(next));
    }
  }

  /**
   * What holds in place of a refused document. A security policy that never was good must not be
   * forgotten: what it selects is denied.
   */
  private synchronized @Nullable Document instead(Document refused) {
    Document good = lastGood.get(refused.key());
    return good == null && SECURITY.equals(refused.group()) ? refused : good;
  }

  /** What the file says of requests that arrive here. */
  private InboundPolicy inbound(PolicySet now) {
    InboundResolution resolution = InboundResolver.resolve(now, caller);
    for (Finding finding : resolution.findings()) {
      log.accept("policy file " + file + ": " + finding.text());
    }
    return resolution.policy();
  }

  /**
   * Guarded by this.
   *
   * @param inbound null: as it was
   */
  private void apply(PolicySet now, Set<String> names, @Nullable InboundPolicy inbound) {
    Map<String, Upstream> used = new LinkedHashMap<>();
    Map<String, Endpoints> endpoints = new LinkedHashMap<>();
    List<RouteTable> tables = new ArrayList<>();
    for (String name : names) {
      Resolution resolution = Resolver.resolve(now, caller, name);
      tables.add(resolution.routeTable());
      for (Upstream upstream : resolution.upstreams()) {
        used.put(upstream.name(), upstream);
      }
      for (Endpoints members : resolution.endpoints()) {
        endpoints.put(members.name(), members);
      }
    }
    Set<String> removed = new LinkedHashSet<>();
    Set<String> present = new LinkedHashSet<>(used.keySet());
    if (names == hosts) {
      removed.addAll(upstreams);
      removed.removeAll(present);
    } else {
      present.addAll(upstreams);
    }
    upstreams = present;
    tell(
        sink.apply(
            Update.builder()
                .routeTables(tables)
                .upstreams(new ArrayList<>(used.values()))
                .endpoints(new ArrayList<>(endpoints.values()))
                .removedUpstreams(removed)
                .inboundPolicy(inbound)
                .build()));
  }

  private void tell(List<Rejection> rejections) {
    for (Rejection rejection : rejections) {
      log.accept("policy file " + file + ": " + rejection.name() + ": " + rejection.reason());
    }
  }
}
