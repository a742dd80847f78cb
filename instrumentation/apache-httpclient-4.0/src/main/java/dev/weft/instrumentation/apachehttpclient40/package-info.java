/**
 * The API of Apache HttpClient 4.0-4.2 ({@code DefaultHttpClient}), which is in 4.5 still, under
 * the mesh: between the director of a request, which knows redirects and retries, and the
 * connections. Starting point: {@link dev.weft.instrumentation.apachehttpclient40.MeshExecutor}.
 */
package dev.weft.instrumentation.apachehttpclient40;
