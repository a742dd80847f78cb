/**
 * The one source for both names of the servlet API; the build copies it with {@code javax} replaced
 * by {@code jakarta}.
 *
 * <p>Starting point: {@link dev.weft.instrumentation.servlet.javax.ServedRequest}.
 */
package dev.weft.instrumentation.servlet.javax;
