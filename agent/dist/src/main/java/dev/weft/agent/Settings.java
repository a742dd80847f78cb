package dev.weft.agent;

import dev.weft.engine.propagation.Propagation;
import java.io.File;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What the user set, checked, with defaults filled in. Immutable. */
final class Settings {

  static final int DEFAULT_ADMIN_PORT = 15020;

  private final List<String> controlServers;
  private final String serviceName;
  private final String namespace;
  private final Map<String, String> labels;
  private final String serviceAccount;
  private final @Nullable String token;
  private final @Nullable File tokenFile;
  private final @Nullable File rootCert;
  private final @Nullable String instanceAddress;
  private final String locality;
  private final int adminPort;
  private final @Nullable File policyFile;
  private final File stateDir;
  private final Propagation propagation;
  private final Set<Integer> inletPorts;
  private final List<String> warnings;

  /** Reads the settings of this JVM. */
  static Settings read(@Nullable String arguments) {
    return new Settings(arguments, System.getProperties(), System.getenv());
  }

  Settings(@Nullable String arguments, Map<?, ?> properties, Map<String, String> environment) {
    SettingSource source;
    // Applications change system properties while they start.
    synchronized (properties) {
      source = new SettingSource(arguments, properties, environment);
    }
    Reader reader = new Reader(source);
    this.warnings = reader.warnings;
    this.controlServers = reader.controlServers();
    this.serviceName =
        reader.name(Setting.SERVICE_NAME, ServiceName.fallback(properties, environment));
    this.namespace = reader.name(Setting.NAMESPACE, "default");
    this.labels = reader.labels();
    this.serviceAccount = reader.name(Setting.SERVICE_ACCOUNT, "default");
    this.token = source.get(Setting.TOKEN);
    // Where one is missing, what it is for must fail: to do without would be to talk in plaintext.
    this.tokenFile = reader.file(Setting.TOKEN_FILE);
    this.rootCert = reader.file(Setting.ROOT_CERT);
    this.instanceAddress = reader.address();
    this.locality = reader.locality();
    this.adminPort = reader.adminPort();
    this.policyFile = reader.file(Setting.POLICY_FILE);
    File stateDir = reader.file(Setting.STATE_DIR);
    this.stateDir = stateDir != null ? stateDir : defaultStateDir(properties);
    this.propagation = reader.propagation();
    this.inletPorts = reader.inletPorts();
    reader.enabled();
  }

  /** {@code host:port} each; empty when there is no control server. */
  List<String> controlServers() {
    return controlServers;
  }

  /** A DNS label. */
  String serviceName() {
    return serviceName;
  }

  String namespace() {
    return namespace;
  }

  Map<String, String> labels() {
    return labels;
  }

  String serviceAccount() {
    return serviceAccount;
  }

  @Nullable String token() {
    return token;
  }

  @Nullable File tokenFile() {
    return tokenFile;
  }

  @Nullable File rootCert() {
    return rootCert;
  }

  /** Null when the agent has to find out. */
  @Nullable String instanceAddress() {
    return instanceAddress;
  }

  /** {@code region/zone/subzone}; empty when unknown. */
  String locality() {
    return locality;
  }

  /** 0 for no admin endpoint. */
  int adminPort() {
    return adminPort;
  }

  /** Policies from a file instead of a control server; may not exist yet. */
  @Nullable File policyFile() {
    return policyFile;
  }

  File stateDir() {
    return stateDir;
  }

  /** Which headers travel from requests that arrive to those that leave. */
  Propagation propagation() {
    return propagation;
  }

  /** Ports of servers without an adapter that get TLS of ours; empty for none. */
  Set<Integer> inletPorts() {
    return inletPorts;
  }

  /** What was wrong with the settings, one line each. */
  List<String> warnings() {
    return warnings;
  }

  private static File defaultStateDir(Map<?, ?> properties) {
    Object home = properties.get("user.home");
    File parent = new File(home instanceof String ? (String) home : "?");
    if (parent.isDirectory() && parent.canWrite()) {
      return new File(parent, ".weft/agent");
    }
    Object user = properties.get("user.name");
    Object temporary = properties.get("java.io.tmpdir");
    return new File(temporary instanceof String ? (String) temporary : ".", "weft-" + user);
  }

  /** Reads one setting each; a bad one is a warning and its default. */
  private static final class Reader {
    private final SettingSource source;
    private final List<String> warnings;

    Reader(SettingSource source) {
      this.source = source;
      this.warnings = new ArrayList<>(source.warnings());
    }

    List<String> controlServers() {
      List<String> servers = new ArrayList<>();
      String text = source.get(Setting.CONTROL_SERVER);
      if (text == null) {
        return Collections.emptyList();
      }
      for (String part : text.split(",")) {
        String server = part.trim();
        int colon = server.lastIndexOf(':');
        if (server.isEmpty()) {
          continue;
        }
        if (colon < 1 || !isPort(server.substring(colon + 1), 1) || server.contains("/")) {
          bad(Setting.CONTROL_SERVER, server, "host:port, several separated by commas", "nothing");
        } else {
          servers.add(server);
        }
      }
      return Collections.unmodifiableList(servers);
    }

    String name(Setting setting, String otherwise) {
      String text = source.get(setting);
      if (text == null || ServiceName.isLabel(text)) {
        return text == null ? otherwise : text;
      }
      bad(setting, text, "at most 63 of a-z, 0-9 and - (not at its ends)", otherwise);
      return otherwise;
    }

    Map<String, String> labels() {
      String text = source.get(Setting.LABELS);
      if (text == null) {
        return Collections.emptyMap();
      }
      Map<String, String> labels = new LinkedHashMap<>();
      for (String part : text.split(",")) {
        int equals = part.indexOf('=');
        if (equals > 0 && !part.substring(0, equals).trim().isEmpty()) {
          labels.put(part.substring(0, equals).trim(), part.substring(equals + 1).trim());
        } else if (!part.trim().isEmpty()) {
          bad(
              Setting.LABELS,
              part.trim(),
              "name=value, several separated by commas",
              "no such label");
        }
      }
      return Collections.unmodifiableMap(labels);
    }

    @Nullable File file(Setting setting) {
      String text = source.get(setting);
      return text == null ? null : new File(text).getAbsoluteFile();
    }

    @Nullable String address() {
      String text = source.get(Setting.INSTANCE_ADDRESS);
      if (text == null || isAddress(text)) {
        return text;
      }
      bad(Setting.INSTANCE_ADDRESS, text, "an IP address", "the address found");
      return null;
    }

    String locality() {
      String text = source.get(Setting.LOCALITY);
      if (text == null) {
        return "";
      }
      String[] parts = text.split("/", -1);
      boolean good = parts.length <= 3;
      for (String part : parts) {
        good = good && !part.trim().isEmpty();
      }
      if (!good) {
        bad(Setting.LOCALITY, text, "region, region/zone or region/zone/subzone", "none");
        return "";
      }
      return text;
    }

    int adminPort() {
      String text = source.get(Setting.ADMIN_PORT);
      if (text == null || isPort(text, 0)) {
        return text == null ? DEFAULT_ADMIN_PORT : Integer.parseInt(text);
      }
      bad(Setting.ADMIN_PORT, text, "a port from 1 to 65535, or 0 for off", "15020");
      return DEFAULT_ADMIN_PORT;
    }

    Propagation propagation() {
      String text = source.get(Setting.PROPAGATION_HEADERS);
      List<String> names = new ArrayList<>();
      for (String part : (text == null ? "" : text).split(",")) {
        String name = part.trim();
        if (name.isEmpty()) {
          continue;
        }
        if (names.size() < Propagation.MAX_NAMED && Propagation.isNameable(name)) {
          names.add(name);
        } else {
          bad(
              Setting.PROPAGATION_HEADERS,
              name,
              "at most "
                  + Propagation.MAX_NAMED
                  + " headers that are not about one connection or one body",
              "no such header");
        }
      }
      return new Propagation(names);
    }

    Set<Integer> inletPorts() {
      String text = source.get(Setting.INLET_PORTS);
      Set<Integer> ports = new TreeSet<>();
      for (String part : (text == null ? "" : text).split(",")) {
        String port = part.trim();
        if (isPort(port, 1)) {
          ports.add(Integer.parseInt(port));
        } else if (!port.isEmpty()) {
          bad(Setting.INLET_PORTS, port, "ports from 1 to 65535, separated by commas", "none");
        }
      }
      return Collections.unmodifiableSet(ports);
    }

    void enabled() {
      String text = source.get(Setting.ENABLED);
      if (text != null && !text.equalsIgnoreCase("true") && !text.equalsIgnoreCase("false")) {
        bad(Setting.ENABLED, text, "true or false", "true");
      }
    }

    private void bad(Setting setting, String value, String expected, String used) {
      String line = setting.property + ": " + value + " (expected: " + expected + ")";
      warnings.add(line + "; " + used + " is used");
    }

    private static boolean isPort(String text, int least) {
      try {
        int port = Integer.parseInt(text);
        return port >= least && port <= 65535;
      } catch (NumberFormatException e) {
        return false;
      }
    }

    /** Dotted IPv4, or anything that is written like IPv6; names would need a look-up. */
    private static boolean isAddress(String text) {
      String lower = text.toLowerCase(Locale.ROOT);
      boolean six = lower.indexOf(':') >= 0;
      int dots = 0;
      for (int i = 0; i < lower.length(); i++) {
        char c = lower.charAt(i);
        boolean digit = c >= '0' && c <= '9';
        if (!digit && c != '.' && !(six && (c == ':' || (c >= 'a' && c <= 'f')))) {
          return false;
        }
        dots += c == '.' ? 1 : 0;
      }
      return six || (dots == 3 && fourBytes(lower.split("\\.", -1)));
    }

    private static boolean fourBytes(String[] parts) {
      for (String part : parts) {
        if (part.isEmpty() || part.length() > 3 || Integer.parseInt(part) > 255) {
          return false;
        }
      }
      return true;
    }
  }
}
