package dev.weft.instrumentation.inlet;

import dev.weft.inbound.ServerPorts;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;

/** Ports of the inlet that a test names while it runs. */
final class TestPorts implements ServerPorts {

  final Set<Integer> inlet = ConcurrentHashMap.newKeySet();
  volatile boolean decidesRequests;
  final BlockingQueue<String> told = new LinkedBlockingQueue<>();

  TestPorts() {
    // Nothing listens there; without any the adapter would hook nothing.
    inlet.add(1);
  }

  @Override
  public void opened(int port, String protocol, boolean tls) {
    told.add("opened " + port);
  }

  @Override
  public void closed(int port) {
    told.add("closed " + port);
  }

  @Override
  public Set<Integer> inletPorts() {
    return inlet;
  }

  @Override
  public boolean isInlet(int port) {
    return inlet.contains(port);
  }

  @Override
  public boolean decidesRequests(int port) {
    return decidesRequests;
  }

  @Override
  public void listening(int port) {
    told.add("listening " + port);
  }
}
