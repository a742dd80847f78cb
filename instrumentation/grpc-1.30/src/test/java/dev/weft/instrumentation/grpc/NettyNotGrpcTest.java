package dev.weft.instrumentation.grpc;

import io.grpc.ManagedChannelBuilder;

final class NettyNotGrpcTest extends NotGrpcContract {

  @Override
  ManagedChannelBuilder<?> builder(String target) {
    // By the type that all versions have.
    ManagedChannelBuilder<?> builder = io.grpc.netty.NettyChannelBuilder.forTarget(target);
    return builder.usePlaintext();
  }
}
