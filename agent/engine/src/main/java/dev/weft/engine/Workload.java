package dev.weft.engine;

import static java.util.Objects.requireNonNull;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Who we are: what this process tells the other side of a call. Texts may be empty. */
public final class Workload {
  public final String service;
  public final String namespace;
  public final String workload;
  public final String canonicalService;
  public final String canonicalRevision;
  public final Map<String, String> labels;

  /** {@code region/zone/subzone}. */
  public final String locality;

  public Workload(
      String service,
      String namespace,
      String workload,
      String canonicalService,
      String canonicalRevision,
      Map<String, String> labels,
      String locality) {
    this.service = requireNonNull(service, "service");
    this.namespace = requireNonNull(namespace, "namespace");
    this.workload = requireNonNull(workload, "workload");
    this.canonicalService = requireNonNull(canonicalService, "canonicalService");
    this.canonicalRevision = requireNonNull(canonicalRevision, "canonicalRevision");
    this.labels = Collections.unmodifiableMap(new LinkedHashMap<>(labels));
    this.locality = requireNonNull(locality, "locality");
  }
}
