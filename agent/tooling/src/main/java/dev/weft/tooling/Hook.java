package dev.weft.tooling;

import net.bytebuddy.description.method.MethodDescription;
import net.bytebuddy.matcher.ElementMatcher;

/** One advice class on some methods of one type, as an adapter declared it. */
final class Hook {

  final InstalledAdapter adapter;
  final ElementMatcher<? super MethodDescription> methods;
  final String adviceClass;
  final boolean inline;

  Hook(
      InstalledAdapter adapter,
      ElementMatcher<? super MethodDescription> methods,
      String adviceClass,
      boolean inline) {
    this.adapter = adapter;
    this.methods = methods;
    this.adviceClass = adviceClass;
    this.inline = inline;
  }
}
