package dev.weft.control.app.demo;

import java.io.PrintWriter;

/** Prints the demo: plain lines, and one line that is rewritten where a terminal can do that. */
final class Screen {

  private final PrintWriter out;

  /** Said by bin/weft, which can ask; System.console() means something else from JDK 22 on. */
  private final boolean terminal = Boolean.getBoolean("weft.terminal");

  private boolean open;

  Screen(PrintWriter out) {
    this.out = out;
  }

  void line(String text) {
    finishOpenLine();
    out.println(text);
    out.flush();
  }

  /** A heading with a blank line before it. */
  void step(String text) {
    line("");
    line("== " + text);
  }

  /** What is going on right now; the next call of this method replaces it on a terminal. */
  void progress(String text) {
    if (terminal) {
      out.print("\r\u001b[2K" + text);
      out.flush();
      open = true;
    }
  }

  private void finishOpenLine() {
    if (open) {
      out.print("\r\u001b[2K");
      open = false;
    }
  }
}
