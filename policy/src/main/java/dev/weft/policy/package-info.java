/**
 * Istio's documents, and what they mean for one caller. Pure functions: no clock, no I/O, no state.
 * The control server runs them for every agent; an agent in stand-alone mode runs them on its own
 * policy file, so that a policy means the same in both.
 *
 * <p>Starting points: {@link dev.weft.policy.Documents} (text to documents), {@link
 * dev.weft.policy.Validator} (is it right), {@link dev.weft.policy.Resolver} (what does it mean for
 * this caller).
 */
package dev.weft.policy;
