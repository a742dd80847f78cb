/**
 * The classic (blocking) Apache HttpClient 5 under the mesh, as one handler in the chain that its
 * builder lets others change: below redirects, retries and authentication, above connections.
 * Starting point: {@link dev.weft.instrumentation.apachehttpclient5.MeshHandler}.
 */
package dev.weft.instrumentation.apachehttpclient5;
