package dev.weft.control.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.policy.Document;
import dev.weft.policy.Documents;
import dev.weft.policy.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The documents of the files that a user names, in their order. */
final class Manifests {

  private record Origin(String file, int number) {}

  private final List<Origin> origins = new ArrayList<>();
  private final ArrayNode items = Client.MAPPER.createArrayNode();

  private Manifests() {}

  /**
   * @param files files, directories, or {@code -} for {@code stdin}
   * @throws CommandFailure when something cannot be read, naming all that cannot
   */
  static Manifests read(List<String> files, InputStream stdin) {
    Manifests manifests = new Manifests();
    List<String> problems = new ArrayList<>();
    for (String file : files) {
      try {
        if (file.equals("-")) {
          manifests.add("stdin", decode(stdin.readAllBytes()), problems);
          continue;
        }
        for (Path path : filesOf(Path.of(file))) {
          manifests.add(path.toString(), decode(Files.readAllBytes(path)), problems);
        }
      } catch (NoSuchFileException e) {
        problems.add(file + ": no such file or directory");
      } catch (CharacterCodingException e) {
        problems.add(file + ": not UTF-8 (expected: YAML or JSON in UTF-8)");
      } catch (IOException e) {
        problems.add(file + ": cannot be read: " + e);
      }
    }
    if (problems.isEmpty() && manifests.items.isEmpty()) {
      problems.add(String.join(", ", files) + ": no document (expected: at least one)");
    }
    if (!problems.isEmpty()) {
      throw new CommandFailure(String.join(System.lineSeparator(), problems));
    }
    return manifests;
  }

  private static String decode(byte[] bytes) throws CharacterCodingException {
    return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
  }

  private static List<Path> filesOf(Path path) throws IOException {
    if (!Files.isDirectory(path)) {
      return List.of(path);
    }
    try (Stream<Path> files = Files.list(path)) {
      return files
          .filter(file -> file.toString().matches(".*\\.(yaml|yml|json)"))
          .sorted()
          .toList();
    }
  }

  private void add(String file, String text, List<String> problems) {
    Documents.Parsed parsed = Documents.parse(text);
    for (Problem problem : parsed.problems()) {
      problems.add(file + ": " + problem.text());
    }
    int number = 0;
    for (Document document : parsed.documents()) {
      origins.add(new Origin(file, ++number));
      items.add(Client.MAPPER.<JsonNode>valueToTree(document.tree()));
    }
  }

  /** All documents as one body for {@code /apply}. */
  ObjectNode list() {
    ObjectNode list = Client.MAPPER.createObjectNode();
    list.put("apiVersion", "v1").put("kind", "List");
    list.set("items", items);
    return list;
  }

  /** A reason of the server, with the place in the user's files instead of a running number. */
  String located(String reason) {
    for (int i = origins.size(); i > 0; i--) {
      String prefix = "document " + i;
      if (reason.startsWith(prefix)) {
        Origin origin = origins.get(i - 1);
        boolean several =
            origins.stream().filter(other -> other.file().equals(origin.file())).count() > 1;
        return origin.file()
            + (several ? ", document " + origin.number() : "")
            + reason.substring(prefix.length());
      }
    }
    return reason;
  }
}
