package dev.weft.control.core;

import dev.weft.model.Registration;
import dev.weft.model.Rejection;
import java.util.List;
import java.util.Set;

/**
 * Who has applied what. Push writes it, rest and the command line read it. Thread-safe.
 *
 * <p>A policy resource is known by its source, {@code kind/namespace/name}, and the version in
 * which it was sent.
 */
public interface StatusBoard {

  /** An agent opened a stream; what was known of one before is forgotten. */
  void connected(Registration agent);

  /** The agent is gone; what it had applied is forgotten. */
  void disconnected(String instanceId);

  /**
   * The agent was sent something; what is new to it, it has neither taken nor refused yet.
   *
   * @param sources of everything that the agent has now, not of this message alone: {@code
   *     kind/namespace/name@resourceVersion}; what is missing here no longer concerns it
   */
  void sent(String instanceId, String nonce, Set<String> sources);

  /** Nothing had to be sent, and this is what everything that the agent has is made from. */
  void uses(String instanceId, Set<String> sources);

  /**
   * The agent answered this message and with it all before it: everything but {@code rejections},
   * which are all that stand, is in force there.
   */
  void answered(String instanceId, String nonce, List<Rejection> rejections);
}
