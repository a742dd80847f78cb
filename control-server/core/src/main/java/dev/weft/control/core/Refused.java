package dev.weft.control.core;

import static java.util.Objects.requireNonNull;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A request that was not carried out, and why. Nothing of it was stored. */
public final class Refused extends Exception {

  private static final long serialVersionUID = 1L;

  /** Every way in which the control server says no. */
  public enum Reason {
    /**
     * The request cannot be read: half a document, wrong YAML, a path that contradicts the body.
     */
    BAD_REQUEST,
    /** The caller did not say who it is, or not convincingly. */
    UNAUTHORIZED,
    /** The caller is known, and may not. */
    FORBIDDEN,
    /** There were too many failed attempts to authenticate. */
    TOO_MANY_REQUESTS,
    /** The document can be read and is wrong; the causes say where. */
    INVALID,
    NOT_FOUND,
    ALREADY_EXISTS,
    /** Somebody else changed the resource since it was read. */
    CONFLICT,
    /** The revision that a watch starts from is no longer in the change log. */
    GONE,
    METHOD_NOT_ALLOWED,
    NOT_ACCEPTABLE,
    UNSUPPORTED_MEDIA_TYPE,
    TOO_LARGE
  }

  /**
   * One thing that is wrong.
   *
   * @param field where: {@code spec.http[0].route[1].weight}; empty for the whole document
   * @param message the offending value and what was expected
   * @param unknownField whether the only trouble is that nobody knows this field
   */
  public record Cause(String field, String message, boolean unknownField) {}

  private final Reason reason;
  // Serialization is of no interest here; a Refused never leaves the process as an object.
  private final transient @Nullable ResourceKey key;
  private final transient List<Cause> causes;

  public Refused(Reason reason, String message) {
    this(reason, null, message, List.of());
  }

  public Refused(Reason reason, @Nullable ResourceKey key, String message, List<Cause> causes) {
    super(requireNonNull(message, "message"));
    this.reason = requireNonNull(reason, "reason");
    this.key = key;
    this.causes = List.copyOf(causes);
  }

  public Reason reason() {
    return reason;
  }

  /** The resource in question; null where there is none. */
  public @Nullable ResourceKey key() {
    return key;
  }

  public List<Cause> causes() {
    return causes;
  }
}
