package dev.weft.agent;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The raw texts of the settings: a system property wins over an environment variable, that over an
 * agent argument. What looks like a setting and is none becomes a warning.
 */
final class SettingSource {

  private final Map<Setting, String> values = new EnumMap<>(Setting.class);
  private final List<String> warnings = new ArrayList<>();

  /**
   * @param arguments what follows {@code =} in {@code -javaagent:weft-agent.jar=}
   */
  SettingSource(@Nullable String arguments, Map<?, ?> properties, Map<String, String> environment) {
    readArguments(arguments == null ? "" : arguments);
    for (Map.Entry<String, String> variable : environment.entrySet()) {
      if (variable.getKey().startsWith("WEFT_")
          && !isNotOurs(variable.getKey(), variable.getValue())) {
        put(find(variable.getKey(), true), variable.getKey(), variable.getValue());
      }
    }
    for (Map.Entry<?, ?> property : properties.entrySet()) {
      if (property.getKey() instanceof String && property.getValue() instanceof String) {
        String name = (String) property.getKey();
        if (name.startsWith("weft.")) {
          put(find(name, false), name, (String) property.getValue());
        }
      }
    }
  }

  /** Trimmed; null when not set or empty. */
  @Nullable String get(Setting setting) {
    return values.get(setting);
  }

  /** One line each. */
  List<String> warnings() {
    return warnings;
  }

  /**
   * Arguments are separated by commas. What is no setting of its own continues the list before it:
   * {@code labels=version=v1,app=reviews,namespace=shop}.
   */
  private void readArguments(String arguments) {
    Setting list = null;
    for (String argument : arguments.split(",")) {
      String text = argument.trim();
      int equals = text.indexOf('=');
      String name = equals < 0 ? text : text.substring(0, equals).trim();
      Setting setting = equals < 0 ? null : byKey(name);
      if (setting != null) {
        put(setting, name, text.substring(equals + 1));
        list = isList(setting) ? setting : null;
      } else if (list != null
          && (equals < 0) == (list != Setting.LABELS)
          && distance(name, closest(name)) > 2) {
        values.merge(list, text, (before, more) -> before + "," + more);
      } else if (!text.isEmpty()) {
        put(null, name, "");
      }
    }
  }

  private static boolean isList(Setting setting) {
    return setting == Setting.LABELS
        || setting == Setting.CONTROL_SERVER
        || setting == Setting.PROPAGATION_HEADERS
        || setting == Setting.INLET_PORTS;
  }

  private void put(@Nullable Setting setting, String name, String value) {
    if (setting == null) {
      warnings.add("unknown setting " + name + " (closest known: " + likeKnown(name) + ")");
    } else if (value.trim().isEmpty()) {
      values.remove(setting);
    } else {
      values.put(setting, value.trim());
    }
  }

  private static @Nullable Setting find(String name, boolean variable) {
    for (Setting setting : Setting.values()) {
      if (name.equals(variable ? setting.variable : setting.property)) {
        return setting;
      }
    }
    return null;
  }

  private static @Nullable Setting byKey(String name) {
    for (Setting setting : Setting.values()) {
      if (name.equals(setting.key)) {
        return setting;
      }
    }
    return null;
  }

  /**
   * {@code WEFT_SERVER} and the like are of {@code bin/weft} and the tests; Kubernetes sets {@code
   * <SERVICE>_SERVICE_HOST}, {@code <SERVICE>_PORT_8181_TCP} and the like for a service that is
   * called weft-something.
   */
  private static boolean isNotOurs(String name, String value) {
    return name.equals("WEFT_HOME")
        || name.equals("WEFT_SERVER")
        || name.equals("WEFT_JAVA_OPTS")
        || name.equals("WEFT_JDKS")
        || name.contains("_SERVICE_HOST")
        || name.contains("_SERVICE_PORT")
        || name.contains("_PORT_")
        || value.startsWith("tcp://")
        || value.startsWith("udp://");
  }

  private static String likeKnown(String name) {
    if (name.startsWith("WEFT_")) {
      String key = name.substring("WEFT_".length()).toLowerCase(Locale.ROOT).replace('_', '.');
      return "WEFT_" + closest(key).replace('.', '_').toUpperCase(Locale.ROOT);
    }
    return name.startsWith("weft.") ? "weft." + closest(name.substring(5)) : closest(name);
  }

  private static String closest(String key) {
    String best = "";
    int bestDistance = Integer.MAX_VALUE;
    for (Setting setting : Setting.values()) {
      int distance = distance(key, setting.key);
      if (distance < bestDistance) {
        bestDistance = distance;
        best = setting.key;
      }
    }
    return best;
  }

  /** Levenshtein's. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int above = row[j];
        int change = a.charAt(i - 1) == b.charAt(j - 1) ? diagonal : diagonal + 1;
        row[j] = Math.min(change, 1 + Math.min(above, row[j - 1]));
        diagonal = above;
      }
    }
    return row[b.length()];
  }
}
