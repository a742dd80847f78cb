/**
 * OkHttp 3-5 under the mesh, as the last application interceptor of every client: outside the
 * library's own retries and redirects, inside whatever the application adds. Starting points:
 * {@link dev.weft.instrumentation.okhttp.MeshInterceptor} (the request), {@link
 * dev.weft.instrumentation.okhttp.Binding} (how an attempt reaches the library's connections).
 */
package dev.weft.instrumentation.okhttp;
