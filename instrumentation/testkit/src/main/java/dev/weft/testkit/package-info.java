/**
 * The contracts that every adapter passes, and what they are played with: an engine that follows a
 * script and an upstream that answers from one. An adapter's test is a subclass that says how to
 * make a client and send; it contains no assertion.
 *
 * <p>Starting points: {@link dev.weft.testkit.OutboundContract}, {@link
 * dev.weft.testkit.AsyncOutboundContract}, {@link dev.weft.testkit.FakeEngine}, {@link
 * dev.weft.testkit.ScriptedUpstream}; for servers {@link dev.weft.testkit.InboundContract}, {@link
 * dev.weft.testkit.InboundTlsContract}.
 */
package dev.weft.testkit;
