/**
 * The packaged agent and control server with real applications, each in a process of its own.
 * Starting points: {@link dev.weft.smoke.Stage} (what runs), {@link dev.weft.smoke.Jdk} (on which
 * JDKs).
 */
package dev.weft.smoke;
