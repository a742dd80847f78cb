/**
 * Apache HttpAsyncClient 4.1 under the mesh: between the handler of an exchange, which knows
 * redirects and authentication, and the connections. Starting point: {@link
 * dev.weft.instrumentation.apachehttpasyncclient4.MeshConnections}.
 */
package dev.weft.instrumentation.apachehttpasyncclient4;
