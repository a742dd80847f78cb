/**
 * Apache HttpClient 4.3-4.5 under the mesh, at the innermost link of its chain that the library
 * lets others decorate: below its own redirects and retries, above its connections. Starting point:
 * {@link dev.weft.instrumentation.apachehttpclient4.MeshExec}.
 */
package dev.weft.instrumentation.apachehttpclient4;
