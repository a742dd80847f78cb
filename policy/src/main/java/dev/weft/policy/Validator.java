package dev.weft.policy;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Is a document right by itself? Asks nothing about other documents or instances; what only shows
 * when all are seen together is the {@link Analyzer}'s business. Stateless.
 */
public final class Validator {

  private Validator() {}

  /**
   * All that is to say about {@code document}, in the order of its fields: never throws, never
   * stops at the first. The document is to be refused when one of them is an error.
   */
  public static List<Problem> validate(Document document) {
    requireNonNull(document, "document");
    Problems problems = new Problems();
    Kind kind = kind(document, problems);
    MetadataRules.check(document, problems);
    if (kind == null) {
      return new ArrayList<>(problems);
    }
    Node spec = Node.of(document.tree().get("spec"), "spec");
    if (!spec.present()) {
      problems.add(Problem.missing("spec", "the " + kind.name() + " itself"));
      return new ArrayList<>(problems);
    }
    new ShapeCheck(Schema.istio(), problems).check(spec, kind.spec());
    rules(kind, spec, document, new Rules(problems));
    return new ArrayList<>(new LinkedHashSet<>(problems));
  }

  /** Whether the document is to be refused. */
  public static boolean isRefused(List<Problem> problems) {
    for (Problem problem : problems) {
      if (problem.severity() == Problem.Severity.ERROR) {
        return true;
      }
    }
    return false;
  }

  /** Null when the document is of no kind that could be checked further. */
  private static @Nullable Kind kind(Document document, Problems problems) {
    if (document.apiVersion().isEmpty()) {
      problems.add(Problem.missing("apiVersion", "for example networking.istio.io/v1"));
    }
    if (document.kind().isEmpty()) {
      problems.add(Problem.missing("kind", "for example VirtualService"));
    }
    if (document.apiVersion().isEmpty() || document.kind().isEmpty()) {
      return null;
    }
    Kind kind = Kind.find(document.group(), document.kind());
    if (kind == null) {
      problems.add(unknownKind(document));
      return null;
    }
    if (!kind.versions().contains(document.version())) {
      problems.add(
          Problem.wrong(
              "apiVersion",
              document.apiVersion(),
              kind.group() + "/ with one of " + String.join(", ", kind.versions())));
    }
    if (!kind.supported()) {
      problems.add(
          Problem.error(
              "kind",
              "IST0106",
              kind.name()
                  + " is a kind of Istio that this version does not support yet (supported: "
                  + supportedKinds()
                  + ")"));
      return null;
    }
    for (Map.Entry<String, Object> field : document.tree().entrySet()) {
      if (!MetadataRules.ROOT_FIELDS.contains(field.getKey())) {
        problems.add(
            Problem.error(
                field.getKey(),
                "IST0106",
                "unknown field (known are: " + String.join(", ", MetadataRules.ROOT_FIELDS) + ")"));
      }
    }
    return kind;
  }

  private static Problem unknownKind(Document document) {
    List<String> names = new ArrayList<>();
    for (Kind known : Kind.all()) {
      if (known.name().equals(document.kind())) {
        return Problem.wrong(
            "apiVersion", document.apiVersion(), known.group() + "/" + known.versions().get(0));
      }
      names.add(known.name());
    }
    String nearest = ShapeCheck.Words.nearest(document.kind(), names);
    return Problem.error(
        "kind",
        "IST0106",
        "unknown kind "
            + Trees.brief(document.kind())
            + " of "
            + Trees.brief(document.apiVersion())
            + (nearest == null
                ? " (supported: " + supportedKinds() + ")"
                : " (did you mean " + nearest + "?)"));
  }

  private static String supportedKinds() {
    List<String> names = new ArrayList<>();
    for (Kind kind : Kind.all()) {
      if (kind.supported()) {
        names.add(kind.name());
      }
    }
    return String.join(", ", names);
  }

  private static void rules(Kind kind, Node spec, Document document, Rules rules) {
    switch (kind.name()) {
      case "VirtualService":
        new VirtualServiceRules(rules).check(spec);
        break;
      case "DestinationRule":
        new DestinationRuleRules(rules).check(spec);
        break;
      case "ServiceEntry":
        new ServiceEntryRules(rules).check(spec);
        break;
      case "WorkloadEntry":
        new ServiceEntryRules(rules).workload(spec, true);
        break;
      case "PeerAuthentication":
        new PeerAuthenticationRules(rules).check(spec);
        break;
      case "RequestAuthentication":
        new RequestAuthenticationRules(rules).check(spec);
        break;
      case "AuthorizationPolicy":
        new AuthorizationPolicyRules(rules).check(spec, document);
        break;
      default:
        throw new IllegalStateException(document.key() + ": supported, and no rules for it");
    }
  }
}
