package dev.weft.control.registry;

import dev.weft.control.core.InstanceStore;
import dev.weft.model.Registration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A store that outlives the registries of a test. */
final class FakeInstanceStore implements InstanceStore {

  private final Map<String, Registration> saved = new TreeMap<>();

  @Override
  public List<Registration> savedInstances() {
    return List.copyOf(saved.values());
  }

  @Override
  public void saveInstance(Registration instance) {
    saved.put(instance.instanceId(), instance);
  }

  @Override
  public void forgetInstance(String instanceId) {
    saved.remove(instanceId);
  }
}
