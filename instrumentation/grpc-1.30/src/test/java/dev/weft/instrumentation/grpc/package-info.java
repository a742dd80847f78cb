/** What the mesh does with gRPC, on each transport. */
package dev.weft.instrumentation.grpc;
