package dev.weft.control.rest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.MediaType;
import dev.weft.control.core.Refused;
import dev.weft.control.core.Refused.Cause;
import dev.weft.control.core.Refused.Reason;
import dev.weft.policy.Document;
import dev.weft.policy.Documents;
import dev.weft.policy.Problem;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Request bodies to trees, and trees to response bodies; JSON and YAML both ways. */
final class Bodies {

  static final ObjectMapper MAPPER =
      new ObjectMapper(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(100).build())
                  .build())
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  static final MediaType YAML = MediaType.create("application", "yaml");

  private static final TypeReference<LinkedHashMap<String, Object>> TREE = new TypeReference<>() {};

  private Bodies() {}

  /** The one document of a request. */
  static Map<String, Object> document(AggregatedHttpRequest request) throws Refused {
    String text = text(request);
    if (isJson(request)) {
      return json(text);
    }
    List<Map<String, Object>> documents = yaml(text);
    if (documents.size() != 1) {
      throw new Refused(
          Reason.BAD_REQUEST,
          "body: " + documents.size() + " documents (expected: one; many go to /apply)");
    }
    return documents.get(0);
  }

  /** All documents of a request, in their order. */
  static List<Map<String, Object>> documents(AggregatedHttpRequest request) throws Refused {
    String text = text(request);
    if (!isJson(request)) {
      return yaml(text);
    }
    Map<String, Object> tree = json(text);
    if (!(tree.get("items") instanceof List<?> items)
        || !String.valueOf(tree.get("kind")).endsWith("List")) {
      return List.of(tree);
    }
    List<Map<String, Object>> documents = new ArrayList<>();
    for (Object item : items) {
      if (!(item instanceof Map<?, ?>)) {
        throw new Refused(
            Reason.BAD_REQUEST, "items[" + documents.size() + "]: (expected: an object)");
      }
      documents.add(MAPPER.convertValue(item, TREE));
    }
    return documents;
  }

  static Map<String, Object> json(String text) throws Refused {
    try {
      Map<String, Object> tree = MAPPER.readValue(text, TREE);
      if (tree == null) {
        throw new Refused(Reason.BAD_REQUEST, "body: null (expected: one JSON object)");
      }
      return tree;
    } catch (JsonProcessingException e) {
      String where =
          e.getLocation() == null
              ? ""
              : "line "
                  + e.getLocation().getLineNr()
                  + ", column "
                  + e.getLocation().getColumnNr()
                  + ": ";
      throw new Refused(
          Reason.BAD_REQUEST,
          "body: " + where + e.getOriginalMessage() + " (expected: one JSON object)");
    }
  }

  /** The body as text, which has to be UTF-8. */
  static String text(AggregatedHttpRequest request) throws Refused {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(request.content().array()))
          .toString();
    } catch (CharacterCodingException e) {
      throw new Refused(Reason.BAD_REQUEST, "body: not UTF-8 (expected: text in UTF-8)");
    }
  }

  static byte[] write(Object tree) {
    try {
      return MAPPER.writeValueAsBytes(tree);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of ours is not JSON", e);
    }
  }

  static String writeYaml(Map<String, Object> tree) {
    return Documents.toYaml(Document.of(tree));
  }

  private static List<Map<String, Object>> yaml(String text) throws Refused {
    Documents.Parsed parsed = Documents.parse(text);
    if (!parsed.problems().isEmpty()) {
      List<Cause> causes = new ArrayList<>();
      List<String> texts = new ArrayList<>();
      for (Problem problem : parsed.problems()) {
        causes.add(new Cause(problem.path(), problem.text(), false));
        texts.add(problem.text());
      }
      throw new Refused(Reason.BAD_REQUEST, null, "body: " + String.join("; ", texts), causes);
    }
    List<Map<String, Object>> documents = new ArrayList<>();
    parsed.documents().forEach(document -> documents.add(document.tree()));
    return documents;
  }

  private static boolean isJson(AggregatedHttpRequest request) throws Refused {
    @Nullable MediaType type = request.contentType();
    if (type == null) {
      return true;
    }
    String subtype = type.subtype();
    if (subtype.equals("json")) {
      return true;
    }
    if (subtype.equals("yaml") || subtype.equals("x-yaml") || subtype.equals("vnd.yaml")) {
      return false;
    }
    throw new Refused(
        Reason.UNSUPPORTED_MEDIA_TYPE,
        "Content-Type: " + type + " (expected: application/json or application/yaml)");
  }
}
