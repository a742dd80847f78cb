/**
 * {@code java.net.HttpURLConnection} of the JDK: a connection of our own in front of the JDK's,
 * which makes one of those per attempt; and three places below it where an attempt's endpoint
 * replaces the address that the URL names.
 *
 * <p>Starting points: {@link
 * dev.weft.instrumentation.httpurlconnection.HttpUrlConnectionInstrumentation} (the places), {@link
 * dev.weft.instrumentation.httpurlconnection.MeshConnection} (what the application holds).
 */
package dev.weft.instrumentation.httpurlconnection;
