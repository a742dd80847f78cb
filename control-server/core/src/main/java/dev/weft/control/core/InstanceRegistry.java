package dev.weft.control.core;

import dev.weft.model.Registration;
import java.util.List;

/** Which instances exist. The registry room implements it; push feeds it, core and rest read it. */
public interface InstanceRegistry {

  /**
   * Takes an instance in, at once visible to callers when it is READY and has a port. The same
   * instance id again takes over from the lease before it.
   */
  Lease register(Registration registration);

  /** All instances, in the order of their ids; a snapshot. */
  List<Registration> instances();

  /** Runs {@code listener} after each change, on the changing thread; it must be quick. */
  void onChange(Runnable listener);

  /** The life of one instance. Thread-safe; does nothing once it is over. */
  interface Lease {
    /** Replaces what the instance says of itself. */
    void update(Registration registration);

    /** The instance said goodbye: it is removed at once. */
    void release();

    /** The stream broke: the instance stays for the grace period, then it is removed. */
    void lost();
  }
}
