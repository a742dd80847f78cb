package dev.weft.instrumentation.netty;

import io.grpc.BindableService;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptor;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** A gRPC service of two methods, and how to call them. */
final class GrpcServers {

  static final Context.Key<String> SEEN = Context.key("seen");
  static final Metadata.Key<String> CERT =
      Metadata.Key.of("x-forwarded-client-cert", Metadata.ASCII_STRING_MARSHALLER);

  static final MethodDescriptor<String, String> ECHO =
      method("Echo", MethodDescriptor.MethodType.UNARY);
  static final MethodDescriptor<String, String> CHAT =
      method("Chat", MethodDescriptor.MethodType.BIDI_STREAMING);

  private GrpcServers() {}

  private static MethodDescriptor<String, String> method(
      String name, MethodDescriptor.MethodType type) {
    return MethodDescriptor.<String, String>newBuilder()
        .setType(type)
        .setFullMethodName("sample.Sample/" + name)
        .setRequestMarshaller(new Text())
        .setResponseMarshaller(new Text())
        .build();
  }

  /** With the service; {@code Echo} answers what it sees in the peer's certificate header. */
  static <B extends ServerBuilder<B>> Server started(B builder) throws IOException {
    return builder.addService(new Sample()).intercept(new ShowsHeader()).build().start();
  }

  static String echo(ManagedChannel channel, String message, Metadata headers) {
    ClientInterceptor attach = MetadataUtils.newAttachHeadersInterceptor(headers);
    Channel attached = io.grpc.ClientInterceptors.intercept(channel, attach);
    return ClientCalls.blockingUnaryCall(attached, ECHO, CallOptions.DEFAULT, message);
  }

  /** What a stream of calls tells: messages, then {@code end} or the status code. */
  static final class Chat implements StreamObserver<String> {
    final BlockingQueue<String> told = new LinkedBlockingQueue<>();

    @Override
    public void onNext(String message) {
      told.add(message);
    }

    @Override
    public void onError(Throwable failure) {
      told.add(io.grpc.Status.fromThrowable(failure).getCode().name());
    }

    @Override
    public void onCompleted() {
      told.add("end");
    }
  }

  private static final class Sample implements BindableService {
    @Override
    public ServerServiceDefinition bindService() {
      return ServerServiceDefinition.builder("sample.Sample")
          .addMethod(
              ECHO,
              ServerCalls.asyncUnaryCall(
                  (request, responses) -> {
                    responses.onNext(request + " " + SEEN.get());
                    responses.onCompleted();
                  }))
          .addMethod(CHAT, ServerCalls.asyncBidiStreamingCall(responses -> responses))
          .build();
    }
  }

  private static final class ShowsHeader implements ServerInterceptor {
    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
      Context context = Context.current().withValue(SEEN, String.valueOf(headers.get(CERT)));
      return Contexts.interceptCall(context, call, headers, next);
    }
  }

  private static final class Text implements MethodDescriptor.Marshaller<String> {
    @Override
    public InputStream stream(String value) {
      return new ByteArrayInputStream(value.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String parse(InputStream stream) {
      try {
        return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
