/** Tests of the two drivers: what must hold whatever an adapter or the engine does. */
package dev.weft.outbound;
