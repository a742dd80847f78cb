/** The inlet under servers that no adapter knows. */
package dev.weft.instrumentation.inlet;
