/**
 * Servlet containers, whoever makes them, at the outermost filter or servlet that a request enters.
 * The code for {@code javax.servlet} is in {@code javax}; the build makes the {@code jakarta} twin
 * from the same files.
 *
 * <p>Starting point: {@link dev.weft.instrumentation.servlet.ServletInstrumentation}.
 */
package dev.weft.instrumentation.servlet;
