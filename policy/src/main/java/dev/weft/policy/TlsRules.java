package dev.weft.policy;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** The rules of Istio's webhook for {@code tls} of a traffic policy. */
final class TlsRules {

  /** What a mode does with fields that it does not know. */
  private static final List<String> CERTIFICATES =
      Arrays.asList("clientCertificate", "privateKey", "caCertificates", "caCrl", "credentialName");

  private final Rules rules;

  TlsRules(Rules rules) {
    this.rules = rules;
  }

  void check(Node tls) {
    if (!tls.present()) {
      return;
    }
    String mode = tls.get("mode").text();
    switch (mode) {
      case "ISTIO_MUTUAL":
        for (String field : CERTIFICATES) {
          if (!Rules.isEmpty(tls.get(field))) {
            rules.error(tls.get(field), "is set with ISTIO_MUTUAL, which brings its own");
          }
        }
        unused(tls, mode, Collections.singletonList("insecureSkipVerify"));
        break;
      case "MUTUAL":
        for (String field : new String[] {"clientCertificate", "privateKey"}) {
          if (Rules.isEmpty(tls.get(field))) {
            rules.missing(tls.get(field), "a file on the agent's machine, as mode is MUTUAL");
          }
        }
        originated(tls);
        break;
      case "SIMPLE":
        unused(tls, mode, Arrays.asList("clientCertificate", "privateKey"));
        originated(tls);
        break;
      default:
        unused(tls, "DISABLE", CERTIFICATES);
        unused(tls, "DISABLE", Arrays.asList("sni", "subjectAltNames", "insecureSkipVerify"));
    }
  }

  /** TLS that is not the mesh's. */
  private void originated(Node tls) {
    // Without them another peer would be taken than the one that is meant: no field to overlook.
    if (!Rules.isEmpty(tls.get("credentialName"))) {
      rules.error(
          tls.get("credentialName"),
          "is not supported: agents read files, not Kubernetes secrets (use caCertificates,"
              + " clientCertificate and privateKey)");
    }
    if (!Rules.isEmpty(tls.get("caCrl"))) {
      rules.error(tls.get("caCrl"), "is not supported: agents read no revocation lists");
    }
    if (!tls.get("insecureSkipVerify").flag(false)) {
      return;
    }
    for (String field : new String[] {"caCertificates", "subjectAltNames"}) {
      if (!Rules.isEmpty(tls.get(field))) {
        rules.error(tls.get(field), "is set with insecureSkipVerify, which takes any certificate");
      }
    }
  }

  private void unused(Node tls, String mode, List<String> fields) {
    for (String field : fields) {
      if (!Rules.isEmpty(tls.get(field))) {
        rules.noEffect(tls.get(field), "mode is " + mode);
      }
    }
  }
}
