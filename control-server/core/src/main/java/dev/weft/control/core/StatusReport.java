package dev.weft.control.core;

import static java.util.Objects.requireNonNull;

import dev.weft.control.core.AgentBoard.Answer;
import dev.weft.control.core.AgentBoard.Delivery;
import dev.weft.control.core.DesiredState.Held;
import dev.weft.policy.Problem;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The answer to "I configured it: what happened?", for one resource: is it in force, who took it,
 * and what is odd about it. Thread-safe.
 */
public final class StatusReport {

  private final DesiredState desired;
  private final AgentBoard board;

  public StatusReport(DesiredState desired, AgentBoard board) {
    this.desired = requireNonNull(desired, "desired");
    this.board = requireNonNull(board, "board");
  }

  /**
   * What is known of one resource.
   *
   * @param agents that were sent a version of it
   * @param accepted of these, how many have the version that is in force
   * @param summary one line: {@code accepted by 11 of 12 agents; checkout-7: rejected: ...}
   * @param held why an older version is in force; empty: the newest is
   */
  public record View(
      Resource resource,
      long inForce,
      int agents,
      int accepted,
      String summary,
      List<Delivery> deliveries,
      List<String> held,
      List<Problem> messages) {}

  public View of(Resource resource) {
    DesiredState.State state = desired.state();
    Held held = state.held(resource.key());
    Resource inForce = held == null ? resource : held.inForce();
    List<Delivery> deliveries = board.deliveries(resource.key());
    List<Problem> findings = state.findings(resource.key());
    String version = Long.toString(inForce.version());
    int accepted = 0;
    List<String> others = new ArrayList<>();
    for (Delivery delivery : deliveries) {
      if (delivery.answer() == Answer.REJECTED) {
        // Also when it took this version before: something else that belongs to it has changed.
        others.add(delivery.agent() + ": rejected: " + delivery.reason());
      } else if (delivery.acceptedVersion().equals(version)) {
        accepted++;
      } else {
        others.add(delivery.agent() + ": has not answered yet");
      }
    }
    return new View(
        resource,
        inForce.version(),
        deliveries.size(),
        accepted,
        summary(resource, held, deliveries.size(), accepted, others) + errors(held, findings),
        deliveries,
        held == null ? List.of() : held.reasons(),
        findings);
  }

  /** What is wrong with what is in force. */
  private static String errors(@Nullable Held held, List<Problem> findings) {
    StringBuilder errors = new StringBuilder();
    for (Problem finding : findings) {
      if (held == null && finding.severity() == Problem.Severity.ERROR) {
        errors.append("; error: ").append(finding.text());
      }
    }
    return errors.toString();
  }

  private static String summary(
      Resource resource, @Nullable Held held, int agents, int accepted, List<String> others) {
    StringBuilder summary = new StringBuilder();
    if (held != null) {
      summary
          .append("held back: generation ")
          .append(held.inForce().generation())
          .append(" stays in force, because ")
          .append(String.join("; ", held.reasons()))
          .append("; ");
    }
    if (agents == 0) {
      // What concerns requests that arrive is sent unasked.
      return summary
          .append(
              resource.key().kind().isSecurity()
                  ? "it selects no connected agent"
                  : "no agent has asked for it yet")
          .toString();
    }
    summary.append("accepted by ").append(accepted).append(" of ").append(agents);
    summary.append(agents == 1 ? " agent" : " agents");
    others.forEach(other -> summary.append("; ").append(other));
    return summary.toString();
  }

  /** The {@code status} field of a resource, with conditions and messages as Istio writes them. */
  public Map<String, Object> status(Resource resource) {
    View view = of(resource);
    List<Object> conditions = new ArrayList<>();
    boolean held = !view.held().isEmpty();
    conditions.add(
        condition(
            "InForce",
            held ? "False" : "True",
            held ? "MissingReference" : "Valid",
            held ? String.join("; ", view.held()) : "this generation is what agents are told"));
    conditions.add(condition("Accepted", acceptance(view), acceptanceReason(view), view.summary()));
    Map<String, Object> status = new LinkedHashMap<>();
    status.put("observedGeneration", resource.generation());
    status.put("conditions", conditions);
    if (!view.messages().isEmpty()) {
      List<Object> messages = new ArrayList<>();
      view.messages().forEach(problem -> messages.add(message(problem)));
      status.put("validationMessages", messages);
    }
    return status;
  }

  /** A message as Istio's analyzers write it. */
  public static Map<String, Object> message(Problem problem) {
    Map<String, Object> message = new LinkedHashMap<>();
    message.put(
        "level",
        problem.severity() == Problem.Severity.NO_EFFECT ? "INFO" : problem.severity().name());
    if (!problem.code().isEmpty()) {
      message.put("type", Map.of("code", problem.code()));
    }
    message.put("message", problem.text());
    return message;
  }

  private static String acceptance(View view) {
    if (view.agents() == 0) {
      return "Unknown";
    }
    return view.accepted() == view.agents() ? "True" : "False";
  }

  private static String acceptanceReason(View view) {
    if (view.agents() == 0) {
      return "NotUsed";
    }
    if (view.accepted() == view.agents()) {
      return "AcceptedByAll";
    }
    return view.deliveries().stream().anyMatch(each -> each.answer() == Answer.REJECTED)
        ? "Rejected"
        : "Waiting";
  }

  private static Map<String, Object> condition(
      String type, String status, String reason, String message) {
    Map<String, Object> condition = new LinkedHashMap<>();
    condition.put("type", type);
    condition.put("status", status);
    condition.put("reason", reason);
    condition.put("message", message);
    return condition;
  }
}
