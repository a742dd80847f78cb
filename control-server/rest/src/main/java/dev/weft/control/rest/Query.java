package dev.weft.control.rest;

import com.linecorp.armeria.common.QueryParams;
import dev.weft.control.core.Admission.Options;
import dev.weft.control.core.Admission.UnknownFields;
import dev.weft.control.core.Refused;
import dev.weft.control.core.Refused.Reason;
import dev.weft.control.core.Resource;
import java.util.function.Predicate;

/** Kubernetes' query parameters. */
final class Query {

  private final QueryParams params;

  Query(QueryParams params) {
    this.params = params;
  }

  boolean flag(String name) throws Refused {
    String value = params.get(name, "false");
    return switch (value) {
      case "true", "1", "" -> true;
      case "false", "0" -> false;
      default -> throw wrong(name, value, "true or false");
    };
  }

  /** How to write: {@code dryRun} and {@code fieldValidation}. */
  Options options() throws Refused {
    return new Options(dryRun(), unknownFields());
  }

  boolean dryRun() throws Refused {
    for (String value : params.getAll("dryRun")) {
      if (!value.equals("All")) {
        throw wrong("dryRun", value, "All");
      }
      return true;
    }
    return false;
  }

  private UnknownFields unknownFields() throws Refused {
    String value = params.get("fieldValidation", "Strict");
    return switch (value) {
      case "Strict", "" -> UnknownFields.REFUSE;
      // What is not dropped need not be ignored: either way it is stored, and a warning says so.
      case "Warn", "Ignore" -> UnknownFields.WARN;
      default -> throw wrong("fieldValidation", value, "Strict, Warn or Ignore");
    };
  }

  long number(String name, long otherwise) throws Refused {
    String value = params.get(name, "");
    if (value.isEmpty()) {
      return otherwise;
    }
    try {
      return Long.parseUnsignedLong(value);
    } catch (NumberFormatException e) {
      throw wrong(name, value, "a whole number");
    }
  }

  String text(String name, String otherwise) {
    return params.get(name, otherwise);
  }

  boolean has(String name) {
    return !params.get(name, "").isEmpty();
  }

  /** What {@code labelSelector} and {@code fieldSelector} select. */
  Predicate<Resource> selection() throws Refused {
    Predicate<Resource> byLabels = LabelSelector.parse(params.get("labelSelector", ""));
    Predicate<Resource> selection = byLabels;
    for (String term : params.get("fieldSelector", "").split(",", -1)) {
      if (!term.isBlank()) {
        selection = selection.and(byField(term.strip()));
      }
    }
    return selection;
  }

  private static Predicate<Resource> byField(String term) throws Refused {
    int equals = term.indexOf('=');
    if (equals > 0) {
      boolean not = term.charAt(equals - 1) == '!';
      String field = term.substring(0, not ? equals - 1 : equals);
      String value = term.substring(term.startsWith("==", equals) ? equals + 2 : equals + 1);
      if (field.equals("metadata.name")) {
        return resource -> resource.key().name().equals(value) != not;
      }
      if (field.equals("metadata.namespace")) {
        return resource -> resource.key().namespace().equals(value) != not;
      }
    }
    throw wrong("fieldSelector", term, "metadata.name=... or metadata.namespace=...");
  }

  private static Refused wrong(String name, String value, String expected) {
    return new Refused(
        Reason.BAD_REQUEST, "query " + name + ": " + value + " (expected: " + expected + ")");
  }
}
