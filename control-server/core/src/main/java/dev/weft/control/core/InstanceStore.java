package dev.weft.control.core;

import dev.weft.model.Registration;
import java.util.List;

/**
 * Keeps the registered instances over a restart of the control server, so that the first agent that
 * comes back is not told that nobody else exists. Thread-safe.
 */
public interface InstanceStore {

  /** What was registered when the process last ended, in no order. */
  List<Registration> savedInstances();

  /** Takes an instance in, or replaces what is known of it. */
  void saveInstance(Registration instance);

  void forgetInstance(String instanceId);
}
