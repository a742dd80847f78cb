package dev.weft.engine;

import dev.weft.engine.balancing.HostPool;
import dev.weft.engine.limits.Gate;

/** What this process knows of one upstream beside policy; outlives snapshots. */
final class UpstreamState {
  final HostPool hosts;
  final Gate gate = new Gate();

  UpstreamState(RandomSource random) {
    this.hosts = new HostPool(random::nextLong);
  }
}
