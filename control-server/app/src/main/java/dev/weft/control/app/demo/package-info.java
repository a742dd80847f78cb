/**
 * {@code weft demo}: a canary on unmodified applications, in separate processes, start to end.
 * Starting points: {@link dev.weft.control.app.demo.DemoCommand} (options), {@link
 * dev.weft.control.app.demo.Demo} (what happens, in order).
 */
package dev.weft.control.app.demo;
