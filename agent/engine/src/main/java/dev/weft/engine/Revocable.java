package dev.weft.engine;

import dev.weft.engine.snapshot.InboundPlan;
import org.jspecify.annotations.Nullable;

/** Something that was let in and may last longer than the policy that let it in. */
interface Revocable {

  /** Ends it when {@code current} does not allow it. */
  void recheck(@Nullable InboundPlan current);
}
