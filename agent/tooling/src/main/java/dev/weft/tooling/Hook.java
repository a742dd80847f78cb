package dev.weft.tooling;

import net.bytebuddy.description.method.MethodDescription;
import net.bytebuddy.matcher.ElementMatcher;
import org.jspecify.annotations.Nullable;

/** One advice class on some methods of one type, as an adapter declared it. */
final class Hook {

  final InstalledAdapter adapter;
  final ElementMatcher<? super MethodDescription> methods;
  final String adviceClass;
  final boolean inline;

  /** Binary name of a type that the descriptor of every hooked method has; null if not known. */
  final @Nullable String mentioned;

  Hook(
      InstalledAdapter adapter,
      ElementMatcher<? super MethodDescription> methods,
      String adviceClass,
      boolean inline,
      @Nullable String mentioned) {
    this.adapter = adapter;
    this.methods = methods;
    this.adviceClass = adviceClass;
    this.inline = inline;
    this.mentioned = mentioned;
  }
}
