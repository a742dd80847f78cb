package dev.weft.policy;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.common.NonPrintableStyle;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.representer.StandardRepresenter;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/** Text to documents and back. YAML and, as its subset, JSON. Stateless. */
public final class Documents {

  /** Longer texts are refused before they are read. */
  public static final int MAX_CHARACTERS = 4 * 1024 * 1024;

  private static final int LONG_TEXT = 64 * 1024;

  private static final DumpSettings DUMP =
      DumpSettings.builder()
          .setSchema(new CoreSchema())
          .setDefaultFlowStyle(FlowStyle.BLOCK)
          .setDereferenceAliases(true)
          .setSplitLines(false)
          .setNonPrintableStyle(NonPrintableStyle.ESCAPE)
          .build();

  private Documents() {}

  /** The reader copies a token for each buffer that it spans: a long text needs long buffers. */
  private static LoadSettings settings(String text) {
    return LoadSettings.builder()
        .setLabel("policy")
        .setSchema(new CoreSchema())
        .setAllowDuplicateKeys(false)
        .setAllowRecursiveKeys(false)
        .setMaxAliasesForCollections(50)
        .setCodePointLimit(MAX_CHARACTERS)
        .setBufferSize(text.length() > LONG_TEXT ? 4 * LONG_TEXT : 1024)
        .build();
  }

  /** What a text held: every document that can be read, and a problem for each that cannot. */
  public static final class Parsed {
    private final List<Document> documents;
    private final List<Problem> problems;

    private Parsed(List<Document> documents, List<Problem> problems) {
      this.documents = Collections.unmodifiableList(documents);
      this.problems = Collections.unmodifiableList(problems);
    }

    public List<Document> documents() {
      return documents;
    }

    /** Empty when all of the text was understood. */
    public List<Problem> problems() {
      return problems;
    }
  }

  /**
   * Reads all documents of {@code text}; a {@code kind: List} counts as its items. Never throws:
   * what cannot be read is a problem with line and column, and the documents around it are there
   * nevertheless. Empty documents (comments only) are no documents.
   */
  public static Parsed parse(String text) {
    requireNonNull(text, "text");
    List<Document> documents = new ArrayList<>();
    List<Problem> problems = new ArrayList<>();
    if (text.length() > MAX_CHARACTERS) {
      problems.add(
          Problem.syntax(
              text.length() + " characters (expected: at most " + MAX_CHARACTERS + ")", 0, 0));
      return new Parsed(documents, problems);
    }
    for (Chunk chunk : Chunk.split(text)) {
      read(chunk, documents, problems);
    }
    return new Parsed(documents, problems);
  }

  /** A JSON object; null when {@code text} is none. */
  static @Nullable Map<String, Object> json(String text) {
    Parsed parsed = parse(text);
    return parsed.problems().isEmpty() && parsed.documents().size() == 1
        ? parsed.documents().get(0).tree()
        : null;
  }

  /** The document as YAML that {@link #parse} reads back to an equal one. */
  public static String toYaml(Document document) {
    return new Dump(DUMP, new Representer(DUMP)).dumpToString(document.tree());
  }

  /** The emitter writes a block that begins with a blank line so that no reader takes it back. */
  private static final class Representer extends StandardRepresenter {
    Representer(DumpSettings settings) {
      super(settings);
    }

    @Override
    protected Node representScalar(Tag tag, String value, ScalarStyle style) {
      boolean fragile =
          style == ScalarStyle.LITERAL
              && !value.isEmpty()
              && Character.isWhitespace(value.charAt(0));
      return super.representScalar(tag, value, fragile ? ScalarStyle.DOUBLE_QUOTED : style);
    }
  }

  private static void read(Chunk chunk, List<Document> documents, List<Problem> problems) {
    try {
      LoadSettings settings = settings(chunk.text);
      String tooDeep = tooDeep(chunk, settings);
      if (tooDeep != null) {
        problems.add(Problem.syntax(tooDeep, chunk.firstLine, 0));
        return;
      }
      for (Object tree : new Load(settings).loadAllFromString(chunk.text)) {
        add(tree, chunk.firstLine, documents, problems);
      }
    } catch (MarkedYamlEngineException e) {
      Mark mark = e.getProblemMark().orElse(null);
      String context = e.getContext();
      problems.add(
          Problem.syntax(
              (context == null || context.isEmpty() ? "" : context + ": ") + e.getProblem(),
              mark == null ? chunk.firstLine : chunk.firstLine + mark.getLine(),
              mark == null ? 0 : mark.getColumn() + 1));
    } catch (YamlEngineException | IllegalArgumentException e) {
      problems.add(Problem.syntax(String.valueOf(e.getMessage()), chunk.firstLine, 0));
    }
  }

  /**
   * The loader calls itself for each level; events come without recursion, so they are asked first.
   */
  private static @Nullable String tooDeep(Chunk chunk, LoadSettings settings) {
    int depth = 0;
    for (Event event : new Parse(settings).parseString(chunk.text)) {
      if (event instanceof CollectionStartEvent && ++depth > Trees.MAX_DEPTH) {
        int line = event.getStartMark().map(Mark::getLine).orElse(0);
        return "nested deeper than "
            + Trees.MAX_DEPTH
            + " levels at line "
            + (chunk.firstLine + line);
      }
      if (event instanceof CollectionEndEvent) {
        depth--;
      }
    }
    return null;
  }

  private static void add(
      @Nullable Object tree, int line, List<Document> documents, List<Problem> problems) {
    if (tree == null) {
      return;
    }
    Object frozen = Trees.freeze(tree);
    if (!(frozen instanceof Map)) {
      problems.add(
          Problem.syntax(
              Trees.brief(frozen)
                  + " (expected: a mapping with apiVersion, kind, metadata and spec)",
              line,
              0));
      return;
    }
    Map<String, Object> map = Trees.map(frozen);
    String kind = Trees.text(map.get("kind"));
    if (kind.endsWith("List") && map.get("items") instanceof List) {
      for (Object item : Trees.list(map.get("items"))) {
        add(item, line, documents, problems);
      }
      return;
    }
    documents.add(Document.of(map));
  }

  /**
   * The text of one document. A line that starts with {@code ---} ends a document wherever it
   * stands, so the split is exact, and one bad document does not hide those after it.
   */
  private static final class Chunk {
    final String text;
    final int firstLine;

    private Chunk(String text, int firstLine) {
      this.text = text;
      this.firstLine = firstLine;
    }

    static List<Chunk> split(String text) {
      List<Chunk> chunks = new ArrayList<>();
      int start = 0;
      int startLine = 1;
      int line = 1;
      for (int at = 0; at < text.length(); line++) {
        if (at > start && isMarker(text, at) && !onlyDirectives(text, start)) {
          chunks.add(new Chunk(text.substring(start, at), startLine));
          start = at;
          startLine = line;
        }
        int end = text.indexOf('\n', at);
        at = end < 0 ? text.length() : end + 1;
      }
      chunks.add(new Chunk(text.substring(start), startLine));
      return chunks;
    }

    /** What stands before the first marker may be {@code %YAML 1.2}: it belongs to what follows. */
    private static boolean onlyDirectives(String text, int start) {
      return text.charAt(start) == '%';
    }

    private static boolean isMarker(String text, int at) {
      return text.startsWith("---", at)
          && (text.length() == at + 3 || Character.isWhitespace(text.charAt(at + 3)));
    }
  }
}
