package dev.weft.engine;

import static dev.weft.engine.Arriving.apply;
import static dev.weft.engine.Arriving.at;
import static dev.weft.engine.Arriving.inbound;
import static dev.weft.engine.Arriving.paths;
import static dev.weft.engine.Arriving.policy;
import static dev.weft.engine.Arriving.status;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.weft.model.AuthorizationPolicy.Action;
import dev.weft.model.AuthorizationRule;
import java.io.IOException;
import java.net.URL;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Searches, guided by coverage, for a spelling of a path that gets around a policy. A normal build
 * replays the seeds; with {@code JAZZER_FUZZ=1} in the environment it searches for a minute.
 */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class PathFuzzTest {

  private static final int LONGEST = 120;
  private static final boolean[] BOTH = {false, true};
  private static final Pattern MALFORMED = Pattern.compile("%(?![0-9a-fA-F]{2})");
  private static final Pattern DENIED = Pattern.compile("(?s)/admin/.*|/secret|/api/[^/]+/keys");
  private static final Pattern ALLOWED = Pattern.compile("(?s)/public/.*|/open|/shop/[^/]+/view");

  private final TestMesh denying = new TestMesh();
  private final TestMesh allowing = new TestMesh();

  PathFuzzTest() {
    AuthorizationRule denied = paths("/admin/*", "/secret", "/api/{*}/keys");
    AuthorizationRule allowed = paths("/public/*", "/open", "/shop/{*}/view");
    assertThat(apply(denying, inbound(policy(Action.DENY, denied)))).isEmpty();
    assertThat(apply(allowing, inbound(policy(Action.ALLOW, allowed)))).isEmpty();
  }

  @DictionaryEntries({
    "admin/", "secret", "api/", "/keys", "public/", "open", "shop/", "/view", "../", "/./", "%2e",
    "%2f", "%5c", "%3b", "%25", "%252e", "%252f", "\\..", ";a=b", "//", "%61", "%c0%ae"
  })
  @FuzzTest(maxDuration = "60s")
  @EnabledIfEnvironmentVariable(named = "JAZZER_FUZZ", matches = "1")
  void noSpellingGetsAroundAPolicy(byte[] bytes) {
    tryOut(bytes);
  }

  /** Without Jazzer, which would instrument the classes of all tests of this JVM. */
  @ParameterizedTest
  @MethodSource("seeds")
  void noSeedGetsAroundAPolicy(Path seed) throws IOException {
    tryOut(Files.readAllBytes(seed));
  }

  static List<Path> seeds() throws Exception {
    String folder = "PathFuzzTestInputs/noSpellingGetsAroundAPolicy";
    URL found = requireNonNull(PathFuzzTest.class.getResource(folder), folder);
    try (Stream<Path> seeds = Files.list(Path.of(found.toURI()))) {
      return seeds.toList();
    }
  }

  private void tryOut(byte[] bytes) {
    int length = Math.min(bytes.length, LONGEST);
    String path = "/" + new String(bytes, 0, length, StandardCharsets.ISO_8859_1).replace('?', 'q');
    boolean getsByDenial = status(denying, at(path)) == 200;
    boolean isAllowed = status(allowing, at(path)) == 200;
    denying.records.clear();
    allowing.records.clear();
    if (!getsByDenial && !isAllowed) {
      return;
    }
    for (String reading : readings(path)) {
      if (getsByDenial && DENIED.matcher(reading).matches()) {
        throw new AssertionError("DENY lets in " + path + ", which may be read as " + reading);
      }
      if (isAllowed && !ALLOWED.matcher(reading).matches()) {
        throw new AssertionError("ALLOW lets in " + path + ", which may be read as " + reading);
      }
    }
  }

  /**
   * What containers and frameworks on them make of a path: parameters off before decoding, after
   * it, or never; decoded never, once or twice; backslashes taken for slashes or not; then slashes
   * merged and dots resolved. A spelling that one of them refuses as malformed has no such reading.
   */
  private static Set<String> readings(String path) {
    Set<String> readings = new LinkedHashSet<>();
    for (boolean before : BOTH) {
      String text = before ? withoutParameters(path) : path;
      for (int decodings = 0; decodings <= 2; decodings++) {
        if (decodings > 0) {
          if (MALFORMED.matcher(text).find()) {
            break;
          }
          text = URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        }
        for (boolean after : BOTH) {
          String plain = after ? withoutParameters(text) : text;
          readings.add(resolved(plain));
          readings.add(resolved(plain.replace('\\', '/')));
        }
      }
    }
    return readings;
  }

  private static String withoutParameters(String path) {
    return path.replaceAll(";[^/]*", "");
  }

  private static String resolved(String path) {
    List<String> kept = new ArrayList<>();
    boolean directory = true;
    for (String segment : path.split("/", -1)) {
      directory = segment.isEmpty() || segment.equals(".") || segment.equals("..");
      if (!directory) {
        kept.add(segment);
      } else if (segment.equals("..") && !kept.isEmpty()) {
        kept.remove(kept.size() - 1);
      }
    }
    return "/" + String.join("/", kept) + (directory && !kept.isEmpty() ? "/" : "");
  }
}
