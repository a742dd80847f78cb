package dev.weft.control.app;

import dev.weft.control.core.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Kinds as people type them: {@code vs}, {@code VirtualService}, {@code virtualservices}. */
final class KindName implements ITypeConverter<Kind> {

  KindName() {}

  @Override
  public Kind convert(String word) {
    Kind kind = Kind.ofWord(word);
    if (kind == null) {
      List<String> known = new ArrayList<>();
      Kind.all()
          .forEach(each -> known.add(each.singular() + " (" + each.shortNames().get(0) + ")"));
      throw new TypeConversionException(
          word.toLowerCase(Locale.ROOT) + " (expected: " + String.join(", ", known) + ")");
    }
    return kind;
  }

  static String path(Kind kind, String namespace) {
    return "/apis/"
        + kind.preferredApiVersion()
        + (namespace.isEmpty() ? "" : "/namespaces/" + Client.encode(namespace))
        + "/"
        + kind.plural();
  }
}
