package dev.weft.controlclient;

import dev.weft.wire.proto.Weft;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Links that lead to the test. */
final class FakeLinks implements Link.Factory {

  final List<FakeLink> opened = new ArrayList<>();

  /** What the client sees of one stream. */
  static final class FakeLink implements Link {
    final ServerAddress address;
    final Listener listener;
    final Deque<Weft.AgentMessage> sent = new ArrayDeque<>();
    boolean finished;
    boolean aborted;

    FakeLink(ServerAddress address, Listener listener) {
      this.address = address;
      this.listener = listener;
    }

    @Override
    public void send(Weft.AgentMessage message) {
      sent.add(message);
    }

    @Override
    public void finish() {
      finished = true;
    }

    @Override
    public void abort() {
      aborted = true;
    }
  }

  @Override
  public Link open(ServerAddress address, Link.Listener listener) {
    FakeLink link = new FakeLink(address, listener);
    opened.add(link);
    return link;
  }

  FakeLink last() {
    return opened.get(opened.size() - 1);
  }
}
