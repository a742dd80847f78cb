package dev.weft.control.core;

import dev.weft.model.TrustBundle;
import java.util.ArrayList;
import java.util.List;

/** Roots that a test sets. */
final class FakeTrust implements TrustSource {

  private final List<Runnable> listeners = new ArrayList<>();
  private TrustBundle current = TrustBundle.builder().trustDomain("cluster.local").build();

  void set(TrustBundle now) {
    current = now;
    listeners.forEach(Runnable::run);
  }

  @Override
  public TrustBundle current() {
    return current;
  }

  @Override
  public void onChange(Runnable listener) {
    listeners.add(listener);
  }
}
