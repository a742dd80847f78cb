package dev.weft.control.store;

import java.nio.file.Path;

/** A process that uses a token without end, and says after each use that it is counted. */
final class TokenUser {

  private TokenUser() {}

  public static void main(String[] args) {
    H2Store store = H2Store.open(Path.of(args[0]));
    for (int i = 0; store.useToken("t", "key" + i) != null; i++) {
      System.out.println(i + 1);
      System.out.flush();
    }
  }
}
