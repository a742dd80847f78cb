/**
 * Servers of Helidon 4 (SE and MP, for Java 21 and newer): ports, mutual TLS of the mesh on the
 * sockets that its listeners accept, and requests where they are routed, of HTTP/1.1 and HTTP/2,
 * with what leaves HTTP before that: upgrades and gRPC.
 *
 * <p>Starting points: {@link dev.weft.instrumentation.helidon.ServedRequest}, {@link
 * dev.weft.instrumentation.helidon.MeshSocket}.
 */
package dev.weft.instrumentation.helidon;
