package dev.weft.control.core;

import dev.weft.model.Registration;
import java.util.ArrayList;
import java.util.List;

/** Instances that a test sets. */
final class FakeRegistry implements InstanceRegistry {

  private final List<Runnable> listeners = new ArrayList<>();
  private List<Registration> instances = List.of();

  void set(Registration... now) {
    instances = List.of(now);
    listeners.forEach(Runnable::run);
  }

  @Override
  public Lease register(Registration registration) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<Registration> instances() {
    return instances;
  }

  @Override
  public void onChange(Runnable listener) {
    listeners.add(listener);
  }
}
