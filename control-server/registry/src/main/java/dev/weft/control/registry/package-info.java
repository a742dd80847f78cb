/**
 * Which instances exist, by what their agents say and by the life of their streams.
 *
 * <p>Starting point: {@link dev.weft.control.registry.LeasedRegistry}.
 */
package dev.weft.control.registry;
