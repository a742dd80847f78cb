package dev.weft.agent;

import dev.weft.identity.JoinToken;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the user gave for joining a mesh. Files are read at every use, so that a mounted one can be
 * renewed; what is wrong with one is told once, and never what is in it. Thread-safe.
 */
final class JoinFiles {

  private static final String TOKEN_FORM = "weft-join.<id>.<secret>.<pin>";

  private final @Nullable String token;
  private final @Nullable File tokenFile;
  private final @Nullable File rootCert;
  private final Consumer<String> log;
  private final Set<String> told = ConcurrentHashMap.newKeySet();

  JoinFiles(Settings settings, Consumer<String> log) {
    this.token = settings.token();
    this.tokenFile = settings.tokenFile();
    this.rootCert = settings.rootCert();
    this.log = log;
  }

  /** Whether the control server must prove itself; without, it is asked in plaintext. */
  boolean isSecured() {
    return hasToken() || rootCert != null;
  }

  /** Whether this agent is to have an identity. */
  boolean hasToken() {
    return token != null || tokenFile != null;
  }

  /** Null where there is none, or none that can be used. */
  @Nullable JoinToken token() {
    if (token != null) {
      JoinToken parsed = JoinToken.parse(token);
      if (parsed == null) {
        tell(Setting.TOKEN.property + " is no join token (expected: " + TOKEN_FORM + ")");
      }
      return parsed;
    }
    String text = tokenFile == null ? "" : read(Setting.TOKEN_FILE, tokenFile);
    JoinToken parsed = text.isEmpty() ? null : JoinToken.parse(text);
    if (parsed == null && !text.isEmpty()) {
      tell(
          Setting.TOKEN_FILE.property
              + ": "
              + tokenFile
              + " holds no join token (expected: "
              + TOKEN_FORM
              + ")");
    }
    return parsed;
  }

  /** In PEM; empty where there are none. */
  String rootCertificates() {
    return rootCert == null ? "" : read(Setting.ROOT_CERT, rootCert);
  }

  private String read(Setting setting, File file) {
    try {
      return new String(Files.readAllBytes(file.toPath()), StandardCharsets.UTF_8);
    } catch (IOException | RuntimeException e) {
      tell(setting.property + ": " + file + " (expected: a file that can be read): " + e);
      return "";
    }
  }

  private void tell(String line) {
    if (told.add(line)) {
      log.accept(line);
    }
  }
}
