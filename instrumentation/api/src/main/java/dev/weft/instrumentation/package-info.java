/**
 * What an adapter declares: which types of its library are hooked, with which advice. Starting
 * point: {@link dev.weft.instrumentation.Adapter}.
 */
package dev.weft.instrumentation;
