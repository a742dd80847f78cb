package dev.weft.tooling;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One class, field or method of a library that an adapter links to. */
final class Reference {

  /** How the adapter's code names the owner of a method. */
  enum Owner {
    CLASS,
    INTERFACE,
    /** A reference that does not tell. */
    ANY
  }

  /** Internal name. */
  final String type;

  /**
   * Name and descriptor, with a space between them for a field; null when only the class is
   * referred to.
   */
  final @Nullable String memberKey;

  final boolean isStatic;
  final Owner owner;

  private Reference(String type, @Nullable String memberKey, boolean isStatic, Owner owner) {
    this.type = type;
    this.memberKey = memberKey;
    this.isStatic = isStatic;
    this.owner = owner;
  }

  static Reference toType(String type) {
    return new Reference(type, null, false, Owner.ANY);
  }

  static Reference toField(String type, String name, String descriptor, boolean isStatic) {
    return new Reference(type, name + ' ' + descriptor, isStatic, Owner.ANY);
  }

  static Reference toMethod(
      String type, String name, String descriptor, boolean isStatic, boolean onInterface) {
    Owner owner = onInterface ? Owner.INTERFACE : Owner.CLASS;
    return new Reference(type, name + descriptor, isStatic, owner);
  }

  /** As it is shown to people. */
  @Override
  public String toString() {
    String owner = type.replace('/', '.');
    return memberKey == null ? "class " + owner : owner + "." + memberKey;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    if (!(other instanceof Reference)) {
      return false;
    }
    Reference that = (Reference) other;
    return type.equals(that.type)
        && Objects.equals(memberKey, that.memberKey)
        && isStatic == that.isStatic
        && owner == that.owner;
  }

  @Override
  public int hashCode() {
    return 31 * type.hashCode() + Objects.hashCode(memberKey);
  }
}
