/**
 * Installs adapters into a running JVM: weaves the calls to their advice with Byte Buddy, and gives
 * the advice a class loader that sees both the application's library and the adapter. The one room,
 * besides the adapters' {@code *Instrumentation} classes, that knows Byte Buddy.
 *
 * <p>Starting points: {@link dev.weft.tooling.AdapterInstaller}, {@link dev.weft.tooling.Weaver}.
 */
package dev.weft.tooling;
