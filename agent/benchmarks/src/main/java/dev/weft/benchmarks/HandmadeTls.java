package dev.weft.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Mutual TLS as one sets it up without a mesh: a key store for both ends, by system properties. */
final class HandmadeTls {

  private static final String PASSWORD = "benchmark";

  private HandmadeTls() {}

  /** The options that give a JVM a certificate for localhost and trust in the same one. */
  static List<String> options() throws IOException, InterruptedException {
    Path store = Files.createTempDirectory("weft-benchmark").resolve("tls.p12");
    Process keytool =
        new ProcessBuilder(
                Jvm.tool("keytool"),
                "-genkeypair",
                "-alias",
                "own",
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-dname",
                "CN=localhost",
                "-ext",
                "SAN=dns:localhost,ip:127.0.0.1",
                "-validity",
                "2",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                PASSWORD)
            .redirectErrorStream(true)
            .start();
    String output = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (keytool.waitFor() != 0) {
      throw new IllegalStateException("keytool: " + output);
    }
    return List.of(
        "-Djavax.net.ssl.keyStore=" + store,
        "-Djavax.net.ssl.keyStorePassword=" + PASSWORD,
        "-Djavax.net.ssl.trustStore=" + store,
        "-Djavax.net.ssl.trustStorePassword=" + PASSWORD);
  }
}
