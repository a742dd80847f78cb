/**
 * Policy as the engine reads it: the model's resources with regexes compiled, weights summed and
 * header changes rendered as far as they are constant. Immutable, published as a whole; knows of
 * the engine only those packages that compile a part.
 *
 * <p>Starting points: {@link dev.weft.engine.snapshot.Snapshot}, {@link
 * dev.weft.engine.snapshot.SnapshotBuilder}.
 */
package dev.weft.engine.snapshot;
