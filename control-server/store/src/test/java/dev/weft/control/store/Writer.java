package dev.weft.control.store;

import dev.weft.control.core.Kind;
import dev.weft.control.core.Resource;
import dev.weft.control.core.ResourceKey;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** A process that writes without end, and says after each write that it is done. */
final class Writer {

  private Writer() {}

  public static void main(String[] args) throws Exception {
    H2Store store = H2Store.open(Path.of(args[0]));
    for (int i = 0; ; i++) {
      Resource written = write(store, "r" + i);
      System.out.println(written.key().name() + " " + written.version());
      System.out.flush();
    }
  }

  static Resource write(H2Store store, String name) throws Exception {
    return store.write(
        transaction -> {
          Resource resource = resource(name, transaction.nextRevision());
          transaction.put(resource);
          return resource;
        });
  }

  static Resource resource(String name, long version) {
    return new Resource(
        new ResourceKey(Kind.VIRTUAL_SERVICE, "default", name),
        Map.of("metadata", Map.of(), "spec", Map.of("hosts", List.of(name))),
        "uid-" + name,
        Instant.ofEpochMilli(1_700_000_000_123L),
        1,
        version);
  }
}
