package dev.weft.agent;

import java.util.Locale;

/** The settings of the agent, by the names that users write. */
enum Setting {
  CONTROL_SERVER("control.server"),
  SERVICE_NAME("service.name"),
  NAMESPACE("namespace"),
  LABELS("labels"),
  SERVICE_ACCOUNT("service.account"),
  TOKEN("token"),
  TOKEN_FILE("token.file"),
  ROOT_CERT("root.cert"),
  INSTANCE_ADDRESS("instance.address"),
  LOCALITY("locality"),
  ADMIN_PORT("admin.port"),
  POLICY_FILE("policy.file"),
  STATE_DIR("state.dir"),
  PROPAGATION_HEADERS("propagation.headers"),
  INLET_PORTS("inlet.ports"),
  ENABLED("enabled");

  final String key;
  final String property;
  final String variable;

  Setting(String key) {
    this.key = key;
    this.property = "weft." + key;
    this.variable = "WEFT_" + key.replace('.', '_').toUpperCase(Locale.ROOT);
  }
}
