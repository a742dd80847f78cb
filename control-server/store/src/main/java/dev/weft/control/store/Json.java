package dev.weft.control.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weft.model.Port;
import dev.weft.model.Registration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The text form of what the database keeps. */
final class Json {

  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final TypeReference<LinkedHashMap<String, Object>> TREE = new TypeReference<>() {};

  private Json() {}

  static String write(Map<String, Object> tree) {
    try {
      return MAPPER.writeValueAsString(tree);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("tree: not JSON: " + e.getMessage(), e);
    }
  }

  static Map<String, Object> read(String json) {
    try {
      return MAPPER.readValue(json, TREE);
    } catch (JsonProcessingException e) {
      throw new StoreException("a stored document is not JSON: " + e.getOriginalMessage(), e);
    }
  }

  static String writeInstance(Registration instance) {
    List<Object> ports = new ArrayList<>();
    for (Port port : instance.ports()) {
      ports.add(Map.of("number", port.number(), "protocol", port.protocol(), "tls", port.tls()));
    }
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("instanceId", instance.instanceId());
    tree.put("service", instance.service());
    tree.put("namespace", instance.namespace());
    tree.put("serviceAccount", instance.serviceAccount());
    tree.put("workload", instance.workload());
    tree.put("address", instance.address());
    tree.put("ports", ports);
    tree.put("labels", instance.labels());
    tree.put("locality", instance.locality());
    tree.put("state", instance.state().name());
    tree.put("agentVersion", instance.agentVersion());
    tree.put("javaVersion", instance.javaVersion());
    tree.put("adapters", instance.adapters());
    tree.put("libraries", instance.libraries());
    tree.put("refusals", instance.refusals());
    return write(tree);
  }

  static Registration readInstance(String json) {
    Map<String, Object> tree = read(json);
    List<Port> ports = new ArrayList<>();
    for (Object each : list(tree, "ports")) {
      Map<?, ?> port = (Map<?, ?>) each;
      ports.add(
          Port.builder()
              .number(((Number) required(port, "number")).intValue())
              .protocol(String.valueOf(port.get("protocol")))
              .tls(Boolean.TRUE.equals(port.get("tls")))
              .build());
    }
    Map<String, String> labels = new LinkedHashMap<>();
    ((Map<?, ?>) required(tree, "labels"))
        .forEach((key, value) -> labels.put(String.valueOf(key), String.valueOf(value)));
    List<String> adapters = new ArrayList<>();
    list(tree, "adapters").forEach(adapter -> adapters.add(String.valueOf(adapter)));
    return Registration.builder()
        .instanceId(text(tree, "instanceId"))
        .service(text(tree, "service"))
        .namespace(text(tree, "namespace"))
        .serviceAccount(text(tree, "serviceAccount"))
        .workload(text(tree, "workload"))
        .address(text(tree, "address"))
        .ports(ports)
        .labels(labels)
        .locality(text(tree, "locality"))
        .state(Registration.State.valueOf(text(tree, "state")))
        .agentVersion(text(tree, "agentVersion"))
        .javaVersion(text(tree, "javaVersion"))
        .adapters(adapters)
        .libraries(lines(tree, "libraries"))
        .refusals(lines(tree, "refusals"))
        .build();
  }

  /** None in a row that an older server wrote. */
  private static List<String> lines(Map<String, Object> tree, String key) {
    List<String> lines = new ArrayList<>();
    if (tree.get(key) instanceof List<?> found) {
      found.forEach(line -> lines.add(String.valueOf(line)));
    }
    return lines;
  }

  private static String text(Map<String, Object> tree, String key) {
    return String.valueOf(required(tree, key));
  }

  private static List<?> list(Map<String, Object> tree, String key) {
    return (List<?>) required(tree, key);
  }

  private static Object required(Map<?, ?> tree, String key) {
    Object value = tree.get(key);
    if (value == null) {
      throw new IllegalArgumentException("stored instance: " + key + ": missing");
    }
    return value;
  }
}
