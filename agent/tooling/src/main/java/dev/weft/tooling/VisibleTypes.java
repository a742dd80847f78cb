package dev.weft.tooling;

import net.bytebuddy.description.type.TypeDescription;
import net.bytebuddy.description.type.TypeDescription.Generic;

/**
 * Replaces every type that a hooked class may not see, or not reach, by {@code Object}: what is
 * woven into it names primitive and {@code java.*} types only.
 */
enum VisibleTypes implements Generic.Visitor<Generic> {
  INSTANCE;

  @Override
  public Generic onGenericArray(Generic type) {
    return visible(type);
  }

  @Override
  public Generic onWildcard(Generic type) {
    return visible(type);
  }

  @Override
  public Generic onParameterizedType(Generic type) {
    return visible(type);
  }

  @Override
  public Generic onTypeVariable(Generic type) {
    return visible(type);
  }

  @Override
  public Generic onNonGenericType(Generic type) {
    return visible(type);
  }

  private static Generic visible(Generic type) {
    return of(type.asErasure()).asGenericType();
  }

  private static TypeDescription of(TypeDescription type) {
    TypeDescription component = type.getComponentType();
    if (component != null) {
      return TypeDescription.ArrayProjection.of(of(component));
    }
    boolean everywhere = type.isPrimitive() || type.getName().startsWith("java.");
    return everywhere ? type : TypeDescription.ForLoadedType.of(Object.class);
  }
}
