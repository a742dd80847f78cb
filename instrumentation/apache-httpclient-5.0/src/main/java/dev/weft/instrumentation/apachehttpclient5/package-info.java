/**
 * Apache HttpClient 5 under the mesh, classic (blocking) and asynchronous, as one handler in the
 * chain that its builders let others change: below redirects, retries and authentication, above
 * connections. Starting points: {@link dev.weft.instrumentation.apachehttpclient5.MeshHandler} and
 * {@link dev.weft.instrumentation.apachehttpclient5.AsyncMeshHandler}.
 */
package dev.weft.instrumentation.apachehttpclient5;
