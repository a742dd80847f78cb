package dev.weft.control.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.control.core.InstanceRegistry.Lease;
import dev.weft.model.Port;
import dev.weft.model.Registration;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
final class LeasedRegistryTest {

  private static final Duration GRACE = Duration.ofSeconds(10);
  private static final Duration MOMENT = Duration.ofMillis(1);

  private final FakeScheduler scheduler = new FakeScheduler();
  private final FakeInstanceStore store = new FakeInstanceStore();
  private LeasedRegistry registry = start();
  private final AtomicInteger changes = new AtomicInteger();

  private LeasedRegistry start() {
    LeasedRegistry started = new LeasedRegistry(LeasedRegistry.Settings.DEFAULTS, scheduler, store);
    return started;
  }

  @Test
  void showsAnInstanceAtOnceAndSaysSo() {
    registry.onChange(changes::incrementAndGet);
    registry.register(instance("reviews", 1));
    assertThat(ids()).containsExactly("reviews-1");
    assertThat(changes).hasValue(1);
  }

  @Test
  void removesAnInstanceThatSaysGoodbyeAtOnce() {
    Lease lease = registry.register(instance("reviews", 1));
    registry.onChange(changes::incrementAndGet);
    lease.release();
    assertThat(ids()).isEmpty();
    assertThat(store.savedInstances()).isEmpty();
    assertThat(changes).hasValue(1);
  }

  @Test
  void keepsAnInstanceForTheGracePeriodAfterItsStreamBroke() {
    registry.register(instance("gateway", 1));
    Lease lease = registry.register(instance("reviews", 1));
    lease.lost();
    scheduler.pass(GRACE.minus(MOMENT));
    assertThat(ids()).contains("reviews-1");
    scheduler.pass(MOMENT);
    assertThat(ids()).containsExactly("gateway-1");
  }

  @Test
  void keepsAnInstanceThatCameBackInTime() {
    registry.register(instance("gateway", 1));
    Lease first = registry.register(instance("reviews", 1));
    first.lost();
    scheduler.pass(GRACE.minus(MOMENT));
    registry.register(instance("reviews", 1));
    first.lost();
    first.release();
    scheduler.pass(Duration.ofHours(1));
    assertThat(ids()).containsExactly("gateway-1", "reviews-1");
  }

  @Test
  void aSecondStreamOfTheSameInstanceTakesOver() {
    Lease first = registry.register(instance("reviews", 1));
    Lease second =
        registry.register(
            instance("reviews", 1).toBuilder().state(Registration.State.DRAINING).build());
    first.update(instance("reviews", 1));
    first.release();
    assertThat(registry.instances())
        .singleElement()
        .satisfies(each -> assertThat(each.state()).isEqualTo(Registration.State.DRAINING));
    second.release();
    assertThat(ids()).isEmpty();
  }

  @Test
  void saysNothingWhenAnUpdateChangesNothing() {
    Lease lease = registry.register(instance("reviews", 1));
    registry.onChange(changes::incrementAndGet);
    lease.update(instance("reviews", 1));
    assertThat(changes).hasValue(0);
    lease.update(instance("reviews", 1).toBuilder().state(Registration.State.STARTING).build());
    assertThat(changes).hasValue(1);
  }

  @Test
  void neverDropsMoreThanHalfOfAServiceWhenManyStreamsAreLostAtOnce() {
    registry.register(instance("gateway", 1));
    List<Lease> leases = new ArrayList<>();
    for (int i = 1; i <= 6; i++) {
      leases.add(registry.register(instance("reviews", i)));
    }
    leases.forEach(Lease::lost);
    scheduler.pass(GRACE.multipliedBy(3));
    assertThat(ids()).filteredOn(id -> id.startsWith("reviews")).hasSize(3);
    scheduler.pass(LeasedRegistry.Settings.DEFAULTS.longestHold());
    assertThat(ids()).containsExactly("gateway-1");
  }

  @Test
  void theLimitCountsFromTheBeginningOfTheWaveNotFromWhatIsLeft() {
    registry.register(instance("gateway", 1));
    Lease one = registry.register(instance("reviews", 1));
    Lease two = registry.register(instance("reviews", 2));
    Lease three = registry.register(instance("reviews", 3));
    Lease four = registry.register(instance("reviews", 4));
    one.lost();
    two.lost();
    three.lost();
    scheduler.pass(GRACE);
    four.lost();
    scheduler.pass(GRACE);
    assertThat(ids()).containsExactly("gateway-1", "reviews-3", "reviews-4");
  }

  @Test
  void dropsTheOnlyInstanceOfAServiceWhenItsStreamAloneIsLost() {
    registry.register(instance("gateway", 1));
    registry.register(instance("reviews", 1)).lost();
    scheduler.pass(GRACE);
    assertThat(ids()).containsExactly("gateway-1");
  }

  @Test
  void dropsNobodyWhileNobodyIsHeard() {
    Lease gateway = registry.register(instance("gateway", 1));
    Lease reviews = registry.register(instance("reviews", 1));
    gateway.lost();
    reviews.lost();
    scheduler.pass(Duration.ofHours(1));
    assertThat(ids()).containsExactly("gateway-1", "reviews-1");

    registry.register(instance("gateway", 1));
    scheduler.pass(LeasedRegistry.Settings.DEFAULTS.restartGrace().minus(MOMENT));
    assertThat(ids()).as("has a chance to come back").contains("reviews-1");
    scheduler.pass(MOMENT);
    assertThat(ids()).containsExactly("gateway-1");
  }

  @Test
  void knowsTheInstancesOfBeforeWhenTheServerWasRestarted() {
    registry.register(instance("gateway", 1));
    registry.register(instance("reviews", 1));
    registry.register(instance("reviews", 2));

    registry = start();
    assertThat(ids()).containsExactly("gateway-1", "reviews-1", "reviews-2");
    registry.register(instance("gateway", 1));
    registry.register(instance("reviews", 1));
    assertThat(ids()).containsExactly("gateway-1", "reviews-1", "reviews-2");
    scheduler.pass(LeasedRegistry.Settings.DEFAULTS.restartGrace());
    assertThat(ids()).containsExactly("gateway-1", "reviews-1");
  }

  @Test
  void aProcessThatListensWhereALostOneDidReplacesIt() {
    registry.register(instance("gateway", 1));
    registry.register(instance("reviews", 1)).lost();
    registry.register(instance("reviews", 1).toBuilder().instanceId("reviews-restarted").build());
    assertThat(ids()).containsExactly("gateway-1", "reviews-restarted");
  }

  private List<String> ids() {
    return registry.instances().stream().map(Registration::instanceId).toList();
  }

  private static Registration instance(String service, int number) {
    return Registration.builder()
        .instanceId(service + "-" + number)
        .service(service)
        .namespace("default")
        .address("10.0.0." + number)
        .ports(
            List.of(
                Port.builder()
                    .number(service.equals("gateway") ? 7000 : 8000)
                    .protocol("http")
                    .build()))
        .state(Registration.State.READY)
        .build();
  }
}
