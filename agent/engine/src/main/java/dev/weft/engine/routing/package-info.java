/**
 * From a request to a route, and what the route makes of it: path, authority, redirect. Reads
 * compiled policy, keeps nothing between requests.
 *
 * <p>Starting point: {@link dev.weft.engine.routing.RouteMatcher}.
 */
package dev.weft.engine.routing;
