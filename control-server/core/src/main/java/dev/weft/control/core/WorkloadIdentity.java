package dev.weft.control.core;

import static java.util.Objects.requireNonNull;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Who a workload is, as its certificate says it: {@code
 * spiffe://<trustDomain>/ns/<namespace>/sa/<serviceAccount>}.
 */
public record WorkloadIdentity(String trustDomain, String namespace, String serviceAccount) {

  /** The namespace of the control server's own identity; nobody gets a join token for it. */
  public static final String SYSTEM_NAMESPACE = "weft-system";

  /** The service account of the control server. */
  public static final String CONTROL_ACCOUNT = "weft-control";

  private static final String LABEL = "[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?";
  private static final Pattern NAMESPACE = Pattern.compile(LABEL);
  private static final Pattern DOTTED = Pattern.compile(LABEL + "(?:\\." + LABEL + ")*");
  private static final Pattern URI = Pattern.compile("spiffe://([^/]+)/ns/([^/]+)/sa/([^/]+)");
  private static final int MAX_NAME = 253;

  public WorkloadIdentity {
    require("trust domain", DOTTED, trustDomain, "a DNS name in lower case");
    require("namespace", NAMESPACE, namespace, "a DNS label");
    require("service account", DOTTED, serviceAccount, "a DNS name in lower case");
  }

  private static void require(String what, Pattern pattern, String value, String expected) {
    requireNonNull(value, what);
    if (value.length() > MAX_NAME || !pattern.matcher(value).matches()) {
      throw new IllegalArgumentException(what + ": " + value + " (expected: " + expected + ")");
    }
  }

  /** The identity of the control server itself. */
  public static WorkloadIdentity ofControlServer(String trustDomain) {
    return new WorkloadIdentity(trustDomain, SYSTEM_NAMESPACE, CONTROL_ACCOUNT);
  }

  /**
   * @param spiffeId as {@link #spiffeId()} gives it
   * @throws IllegalArgumentException when it has another form
   */
  public static WorkloadIdentity parse(String spiffeId) {
    Matcher matcher = URI.matcher(spiffeId);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          spiffeId + " (expected: spiffe://<trust domain>/ns/<namespace>/sa/<service account>)");
    }
    return new WorkloadIdentity(matcher.group(1), matcher.group(2), matcher.group(3));
  }

  public String spiffeId() {
    return "spiffe://" + trustDomain + "/ns/" + namespace + "/sa/" + serviceAccount;
  }

  @Override
  public String toString() {
    return spiffeId();
  }
}
