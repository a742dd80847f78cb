package dev.weft.engine;

/** Counts one connection that was opened. Any thread; quick, does not throw. */
public interface ConnectionMeter {

  /** Counts nothing. */
  ConnectionMeter NONE =
      new ConnectionMeter() {
        @Override
        public void sent(long bytes) {}

        @Override
        public void received(long bytes) {}

        @Override
        public void closed() {}
      };

  void sent(long bytes);

  void received(long bytes);

  /** Called once. */
  void closed();
}
