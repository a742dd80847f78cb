/**
 * Keeps resources, their revisions and the registered instances in one embedded H2 file.
 *
 * <p>Starting point: {@link dev.weft.control.store.H2Store}.
 */
package dev.weft.control.store;
