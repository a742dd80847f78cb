package dev.weft.control.core;

import static java.util.Objects.requireNonNull;

import dev.weft.model.Registration;
import dev.weft.model.Rejection;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What every connected agent was sent and what it said to it. Thread-safe; in memory only. */
public final class AgentBoard implements StatusBoard {

  private final Clock clock;
  private final Map<String, Agent> agents = new TreeMap<>();

  public AgentBoard(Clock clock) {
    this.clock = requireNonNull(clock, "clock");
  }

  /** How far an agent is, in Istio's words. */
  public enum Sync {
    /** It answered all that it was sent. */
    SYNCED,
    /** It was sent something that it has not answered. */
    STALE,
    /** It was sent nothing: it has asked for nothing yet. */
    NOT_SENT
  }

  /**
   * One connected agent.
   *
   * @param rejections what it refuses of what it was sent last
   */
  public record AgentView(
      Registration agent, Instant connectedSince, Sync sync, List<Rejection> rejections) {
    public AgentView {
      rejections = List.copyOf(rejections);
    }
  }

  /** What an agent said to one version of one resource. */
  public enum Answer {
    ACCEPTED,
    REJECTED,
    WAITING
  }

  /**
   * One resource at one agent.
   *
   * @param version that was sent last
   * @param acceptedVersion that is in force there; empty: none
   * @param reason why it was rejected; empty when it was not
   */
  public record Delivery(
      String agent, String version, Answer answer, String acceptedVersion, String reason) {}

  @Override
  public synchronized void connected(Registration agent) {
    // A new stream begins from nothing: what was sent on the one before may not have arrived.
    agents.put(agent.instanceId(), new Agent(agent, clock.instant()));
  }

  @Override
  public synchronized void disconnected(String instanceId) {
    agents.remove(instanceId);
  }

  @Override
  public synchronized void sent(String instanceId, String nonce, Set<String> sources) {
    Agent agent = agents.get(instanceId);
    if (agent == null) {
      return;
    }
    agent.unanswered.put(nonce, ++agent.messages);
    agent.uses(sources);
  }

  @Override
  public synchronized void uses(String instanceId, Set<String> sources) {
    Agent agent = agents.get(instanceId);
    if (agent != null) {
      agent.uses(sources);
    }
  }

  @Override
  public synchronized void answered(String instanceId, String nonce, List<Rejection> rejections) {
    Agent agent = agents.get(instanceId);
    Long message = agent == null ? null : agent.unanswered.get(nonce);
    if (agent == null || message == null) {
      return;
    }
    // Messages are answered in their order, so this one answers those before it too.
    agent.unanswered.values().removeIf(other -> other <= message);
    Map<String, String> reasons = new HashMap<>();
    for (Rejection rejection : rejections) {
      int at = rejection.source().lastIndexOf('@');
      String key = at < 0 ? rejection.source() : rejection.source().substring(0, at);
      reasons.putIfAbsent(key, rejection.reason());
    }
    agent.rejections = List.copyOf(rejections);
    agent.sent.forEach(
        (key, sent) -> {
          if (sent.message <= message) {
            sent.answeredWith(reasons.get(key));
          }
        });
  }

  /** All connected agents, in the order of their ids. */
  public synchronized List<AgentView> agents() {
    List<AgentView> views = new ArrayList<>();
    for (Agent agent : agents.values()) {
      views.add(
          new AgentView(agent.registration, agent.connectedSince, agent.sync(), agent.rejections));
    }
    return views;
  }

  /** The agents that were sent a version of {@code resource}, in the order of their ids. */
  public synchronized List<Delivery> deliveries(ResourceKey resource) {
    String key = resource.toString();
    List<Delivery> deliveries = new ArrayList<>();
    agents.forEach(
        (id, agent) -> {
          Sent sent = agent.sent.get(key);
          if (sent != null) {
            deliveries.add(
                new Delivery(id, sent.version, sent.answer, sent.acceptedVersion, sent.reason));
          }
        });
    return deliveries;
  }

  private static final class Agent {
    private final Registration registration;
    private final Instant connectedSince;
    private final Map<String, Long> unanswered = new HashMap<>();
    private final Map<String, Sent> sent = new HashMap<>();
    private List<Rejection> rejections = List.of();
    private long messages;

    Agent(Registration registration, Instant connectedSince) {
      this.registration = registration;
      this.connectedSince = connectedSince;
    }

    /** What a version was answered with stays until there is another answer or version. */
    void uses(Set<String> sources) {
      Set<String> keys = new HashSet<>();
      for (String source : sources) {
        int at = source.lastIndexOf('@');
        String key = at < 0 ? source : source.substring(0, at);
        String version = at < 0 ? "" : source.substring(at + 1);
        keys.add(key);
        Sent known = sent.get(key);
        if (known == null || !known.version.equals(version)) {
          Sent fresh = new Sent(version, messages);
          fresh.acceptedVersion = known == null ? "" : known.acceptedVersion;
          sent.put(key, fresh);
        }
      }
      sent.keySet().retainAll(keys);
    }

    Sync sync() {
      if (!unanswered.isEmpty()) {
        return Sync.STALE;
      }
      return messages > 0 ? Sync.SYNCED : Sync.NOT_SENT;
    }
  }

  private static final class Sent {
    private final String version;
    private final long message;
    private Answer answer = Answer.WAITING;
    private String acceptedVersion = "";
    private String reason = "";

    Sent(String version, long message) {
      this.version = version;
      this.message = message;
    }

    void answeredWith(@Nullable String rejection) {
      if (rejection == null) {
        answer = Answer.ACCEPTED;
        acceptedVersion = version;
        reason = "";
      } else {
        answer = Answer.REJECTED;
        reason = rejection;
      }
    }
  }
}
