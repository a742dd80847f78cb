/**
 * Who may do what: AuthorizationPolicy compiled, the attributes of a request that it asks about,
 * and the ways in which a server may understand a path. Decides; knows nothing of calls, replies or
 * metrics.
 *
 * <p>Starting points: {@link dev.weft.engine.authorization.Authorization}, {@link
 * dev.weft.engine.authorization.Subject}, {@link dev.weft.engine.authorization.PathViews}.
 */
package dev.weft.engine.authorization;
