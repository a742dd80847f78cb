package dev.weft.instrumentation.grpc;

import io.grpc.ManagedChannelBuilder;

final class OkHttpNotGrpcTest extends NotGrpcContract {

  @Override
  ManagedChannelBuilder<?> builder(String target) {
    // By the type that all versions have.
    ManagedChannelBuilder<?> builder = io.grpc.okhttp.OkHttpChannelBuilder.forTarget(target);
    return builder.usePlaintext();
  }
}
