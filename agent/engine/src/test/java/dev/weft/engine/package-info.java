/**
 * Tests of the engine through its two seams, the waist and {@link dev.weft.engine.PolicySink}: one
 * class per concern, a clock moved by hand, chance that is seeded or told.
 */
package dev.weft.engine;
