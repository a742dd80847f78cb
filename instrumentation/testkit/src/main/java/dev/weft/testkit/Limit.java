package dev.weft.testkit;

/**
 * What a library cannot do, however good its adapter is. A contract test that needs it is skipped
 * with the reason that the adapter's test gives; each one is also listed in {@code adapter.yaml}.
 */
public enum Limit {
  /** The library cannot send a body that exists only once. */
  NO_ONE_SHOT_BODY,
  /** The application cannot set a {@code Host} header of its own. */
  NO_OWN_HOST_HEADER,
  /** The library does not follow redirects by itself. */
  NO_REDIRECTS,
  /** The library sends once more by itself, unseen, when a connection breaks before the head. */
  RESENDS_ONCE,
  /** The application sees a body that broke off as one that ended; the mesh is told the truth. */
  HIDES_BROKEN_BODY,
  /** {@code Host} cannot be changed: an attempt's authority is not sent. */
  NO_AUTHORITY_REWRITE,
  /** The library encodes a query anew before anybody sees it: a space becomes {@code +}. */
  ENCODES_QUERY,
  /** The library's response cannot be made without a connection: the application sees a failure. */
  NO_LOCAL_REPLY,
  /** Nobody can know whether a body can be sent again, so each counts as one that exists once. */
  UNKNOWN_BODY
}
