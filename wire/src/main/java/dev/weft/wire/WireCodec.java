package dev.weft.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.weft.model.Endpoints;
import dev.weft.model.InboundPolicy;
import dev.weft.model.Port;
import dev.weft.model.Registration;
import dev.weft.model.Rejection;
import dev.weft.model.RouteTable;
import dev.weft.model.TrustBundle;
import dev.weft.model.Upstream;
import dev.weft.wire.proto.Weft;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The model to and from the wire. Equal values give equal bytes and equal versions, on every JVM.
 * Pure functions; thread-safe.
 */
public final class WireCodec {

  /** Of the one inbound policy that an agent has. */
  public static final String INBOUND_POLICY_NAME = "inbound";

  /** Of the one trust bundle that an agent has. */
  public static final String TRUST_BUNDLE_NAME = "trust";

  private static final char[] HEX = "0123456789abcdef".toCharArray();

  private WireCodec() {}

  /**
   * The table in its envelope.
   *
   * @param sources the policy resources it was made of, {@code
   *     kind/namespace/name@resourceVersion}; they are part of the version, so that a new revision
   *     of a policy is sent, and answered, even where it changes nothing
   */
  public static Weft.Resource encode(RouteTable table, Collection<String> sources) {
    return envelope(
        Weft.ResourceKind.ROUTE_TABLE,
        table.name(),
        RouteCodec.encode(table).toByteString(),
        sources);
  }

  public static Weft.Resource encode(Upstream upstream) {
    return envelope(
        Weft.ResourceKind.UPSTREAM,
        upstream.name(),
        UpstreamCodec.encode(upstream).toByteString(),
        new TreeSet<>());
  }

  public static Weft.Resource encode(Endpoints endpoints) {
    return envelope(
        Weft.ResourceKind.ENDPOINTS,
        endpoints.name(),
        UpstreamCodec.encode(endpoints).toByteString(),
        new TreeSet<>());
  }

  /**
   * The policy in its envelope.
   *
   * @param sources as for a route table
   */
  public static Weft.Resource encode(InboundPolicy policy, Collection<String> sources) {
    return envelope(
        Weft.ResourceKind.INBOUND_POLICY,
        INBOUND_POLICY_NAME,
        InboundCodec.encode(policy).toByteString(),
        sources);
  }

  public static Weft.Resource encode(TrustBundle bundle) {
    return envelope(
        Weft.ResourceKind.TRUST_BUNDLE,
        TRUST_BUNDLE_NAME,
        InboundCodec.encode(bundle).toByteString(),
        new TreeSet<>());
  }

  /**
   * What can be read of {@code resources}; each that cannot is a rejection, and spoils no other.
   * Never throws.
   */
  public static Decoded decode(Collection<Weft.Resource> resources) {
    Decoded.Collector into = new Decoded.Collector();
    for (Weft.Resource resource : resources) {
      try {
        decode(resource, into);
      } catch (WireException e) {
        into.rejections.add(rejection(resource, String.valueOf(e.getMessage())));
      } catch (InvalidProtocolBufferException e) {
        into.rejections.add(rejection(resource, "broken: " + e.getMessage()));
      }
    }
    return into.finish();
  }

  private static void decode(Weft.Resource resource, Decoded.Collector into)
      throws WireException, InvalidProtocolBufferException {
    String name = resource.getName();
    ByteString body = resource.getBody();
    switch (resource.getKind()) {
      case ROUTE_TABLE:
        RouteTable table = RouteCodec.decode(Weft.RouteTable.parseFrom(body));
        sameName(name, table.name());
        into.routeTables.add(table);
        return;
      case UPSTREAM:
        Upstream upstream = UpstreamCodec.decode(Weft.Upstream.parseFrom(body));
        sameName(name, upstream.name());
        into.upstreams.add(upstream);
        return;
      case ENDPOINTS:
        Endpoints endpoints = UpstreamCodec.decode(Weft.Endpoints.parseFrom(body));
        sameName(name, endpoints.name());
        into.endpoints.add(endpoints);
        return;
      case INBOUND_POLICY:
        sameName(name, INBOUND_POLICY_NAME);
        into.inboundPolicy = InboundCodec.decode(Weft.InboundPolicy.parseFrom(body));
        return;
      case TRUST_BUNDLE:
        sameName(name, TRUST_BUNDLE_NAME);
        into.trustBundle = InboundCodec.decode(Weft.TrustBundle.parseFrom(body));
        return;
      case RESOURCE_KIND_UNSPECIFIED:
      case UNRECOGNIZED:
        break;
    }
    throw WireException.unknown(
        "kind",
        resource.getKindValue(),
        "ROUTE_TABLE, UPSTREAM, ENDPOINTS, INBOUND_POLICY or TRUST_BUNDLE");
  }

  private static void sameName(String envelope, String body) throws WireException {
    if (!envelope.equals(body)) {
      throw new WireException("name", body + " (expected: " + envelope + ", as on the envelope)");
    }
  }

  private static Rejection rejection(Weft.Resource resource, String reason) {
    return Rejection.builder()
        .kind(kindName(resource.getKind()))
        .name(resource.getName())
        .reason(reason)
        .build();
  }

  /** The kind as {@link Rejection#kind()} spells it. */
  public static String kindName(Weft.ResourceKind kind) {
    switch (kind) {
      case ROUTE_TABLE:
        return "RouteTable";
      case UPSTREAM:
        return "Upstream";
      case ENDPOINTS:
        return "Endpoints";
      case INBOUND_POLICY:
        return "InboundPolicy";
      case TRUST_BUNDLE:
        return "TrustBundle";
      default:
        return "unknown";
    }
  }

  public static Weft.Rejection encode(Rejection rejection) {
    return Weft.Rejection.newBuilder()
        .setKind(rejection.kind())
        .setName(rejection.name())
        .setSource(rejection.source())
        .setReason(rejection.reason())
        .build();
  }

  public static Rejection decode(Weft.Rejection rejection) {
    return Rejection.builder()
        .kind(rejection.getKind())
        .name(rejection.getName())
        .source(rejection.getSource())
        .reason(rejection.getReason())
        .build();
  }

  public static Weft.Registration encode(Registration registration) {
    Weft.Registration.Builder to =
        Weft.Registration.newBuilder()
            .setInstanceId(registration.instanceId())
            .setService(registration.service())
            .setNamespace(registration.namespace())
            .setServiceAccount(registration.serviceAccount())
            .setWorkload(registration.workload())
            .setAddress(registration.address())
            .setLocality(registration.locality())
            .setState(encode(registration.state()))
            .setAgentVersion(registration.agentVersion())
            .setJavaVersion(registration.javaVersion())
            .addAllAdapters(registration.adapters())
            .addAllLibraries(registration.libraries())
            .addAllRefusals(registration.refusals());
    for (Port port : registration.ports()) {
      to.addPorts(
          Weft.Port.newBuilder()
              .setNumber(port.number())
              .setProtocol(port.protocol())
              .setTls(port.tls()));
    }
    for (Map.Entry<String, String> label : new TreeMap<>(registration.labels()).entrySet()) {
      to.addLabels(Weft.Pair.newBuilder().setName(label.getKey()).setValue(label.getValue()));
    }
    return to.build();
  }

  private static Weft.Registration.State encode(Registration.State state) {
    switch (state) {
      case STARTING:
        return Weft.Registration.State.STARTING;
      case READY:
        return Weft.Registration.State.READY;
      case DRAINING:
        return Weft.Registration.State.DRAINING;
    }
    throw new AssertionError(state);
  }

  /**
   * @throws WireException when it holds a value that this build does not know
   */
  public static Registration decode(Weft.Registration from) throws WireException {
    Registration.Builder to =
        Registration.builder()
            .instanceId(from.getInstanceId())
            .service(from.getService())
            .namespace(from.getNamespace())
            .serviceAccount(from.getServiceAccount())
            .workload(from.getWorkload())
            .address(from.getAddress())
            .locality(from.getLocality())
            .state(decodeState(from))
            .agentVersion(from.getAgentVersion())
            .javaVersion(from.getJavaVersion())
            .adapters(from.getAdaptersList())
            .libraries(from.getLibrariesList())
            .refusals(from.getRefusalsList());
    List<Port> ports = new ArrayList<>(from.getPortsCount());
    for (Weft.Port port : from.getPortsList()) {
      ports.add(
          Port.builder()
              .number(port.getNumber())
              .protocol(port.getProtocol())
              .tls(port.getTls())
              .build());
    }
    Map<String, String> labels = new LinkedHashMap<>();
    for (Weft.Pair label : from.getLabelsList()) {
      labels.put(label.getName(), label.getValue());
    }
    return to.ports(ports).labels(labels).build();
  }

  private static Registration.State decodeState(Weft.Registration from) throws WireException {
    switch (from.getState()) {
      case STARTING:
        return Registration.State.STARTING;
      case READY:
        return Registration.State.READY;
      case DRAINING:
        return Registration.State.DRAINING;
      case STATE_UNSPECIFIED:
      case UNRECOGNIZED:
        break;
    }
    throw WireException.unknown(
        "registration.state", from.getStateValue(), "STARTING, READY or DRAINING");
  }

  private static Weft.Resource envelope(
      Weft.ResourceKind kind, String name, ByteString body, Collection<String> sources) {
    Weft.Resource unversioned =
        Weft.Resource.newBuilder()
            .setKind(kind)
            .setName(name)
            .setBody(body)
            .addAllSources(new TreeSet<>(sources))
            .build();
    return unversioned.toBuilder().setVersion(hash(unversioned.toByteArray())).build();
  }

  /** 128 bits of SHA-256: short enough to send back for each resource at a reconnect. */
  private static String hash(byte[] content) {
    byte[] digest;
    try {
      digest = MessageDigest.getInstance("SHA-256").digest(content);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform must have SHA-256", e);
    }
    char[] text = new char[32];
    for (int i = 0; i < 16; i++) {
      text[2 * i] = HEX[(digest[i] >> 4) & 0xf];
      text[2 * i + 1] = HEX[digest[i] & 0xf];
    }
    return new String(text);
  }
}
