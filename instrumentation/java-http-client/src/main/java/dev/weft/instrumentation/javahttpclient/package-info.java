/**
 * {@code java.net.http.HttpClient} of the JDK, Java 11 and later: every request, whichever way it
 * is sent, goes through one private method, where the asynchronous driver takes it over; attempts
 * go back in by the public API, as requests of our own type, and are bound to their endpoints.
 *
 * <p>Starting points: {@link dev.weft.instrumentation.javahttpclient.JavaHttpClientInstrumentation}
 * (the places), {@link dev.weft.instrumentation.javahttpclient.ClientExchange} (one request).
 */
package dev.weft.instrumentation.javahttpclient;
