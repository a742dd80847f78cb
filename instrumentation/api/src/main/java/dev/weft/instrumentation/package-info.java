/**
 * What an adapter declares: which types of its library are hooked, with which advice; and tools
 * without a library that several adapters use. Starting point: {@link
 * dev.weft.instrumentation.Adapter}.
 */
package dev.weft.instrumentation;
