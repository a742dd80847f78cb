package dev.weft.control.app;

import dev.weft.control.core.Kind;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Kinds as people type them: {@code vs}, {@code VirtualService}, {@code virtualservices}. */
final class KindName implements ITypeConverter<Kind> {

  KindName() {}

  @Override
  public Kind convert(String word) {
    Kind kind = Kind.ofWord(word);
    if (kind == null) {
      throw new TypeConversionException(unknown(word));
    }
    return kind;
  }

  /**
   * @param others that a command takes besides kinds
   */
  static String unknown(String word, String... others) {
    List<String> known = new ArrayList<>();
    Kind.all().forEach(each -> known.add(each.singular() + " or " + each.shortNames().get(0)));
    known.addAll(List.of(others));
    return word + " (expected: one of " + String.join(", ", known) + ")";
  }

  static String path(Kind kind, String namespace) {
    return "/apis/"
        + kind.preferredApiVersion()
        + (namespace.isEmpty() ? "" : "/namespaces/" + Client.encode(namespace))
        + "/"
        + kind.plural();
  }
}
