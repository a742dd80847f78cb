/**
 * grpc-java under the mesh: channels without TLS of their own, over Netty (shaded or not) and
 * OkHttp. An interceptor, innermost of each channel's, takes every call through the asynchronous
 * driver; a picker around the channel's own balancer sends each attempt to the endpoint it is for.
 *
 * <p>And its server on OkHttp: a socket of ours around each that is accepted, for TLS, and a check
 * of each call before the server sees it. The server on Netty is the Netty adapter's.
 *
 * <p>Starting points: {@link dev.weft.instrumentation.grpc.GrpcInstrumentation} (the places),
 * {@link dev.weft.instrumentation.grpc.MeshClientCall} (one call), {@link
 * dev.weft.instrumentation.grpc.MeshBalancer} (how an attempt reaches its endpoint), {@link
 * dev.weft.instrumentation.grpc.GrpcServerInstrumentation}.
 */
package dev.weft.instrumentation.grpc;
