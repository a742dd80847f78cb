package dev.weft.instrumentation.tomcat;

import static net.bytebuddy.matcher.ElementMatchers.hasDescriptor;
import static net.bytebuddy.matcher.ElementMatchers.named;
import static net.bytebuddy.matcher.ElementMatchers.namedOneOf;
import static net.bytebuddy.matcher.ElementMatchers.takesArgument;
import static net.bytebuddy.matcher.ElementMatchers.takesArguments;

import dev.weft.instrumentation.Adapter;
import dev.weft.instrumentation.Hooks;

/**
 * Hooks the life cycle of protocol handlers, one of which is behind every connector; the channels
 * under them; and the one place that every request goes through.
 */
public final class TomcatInstrumentation implements Adapter {

  private static final String HERE = "dev.weft.instrumentation.tomcat.";

  @Override
  public String name() {
    return "tomcat-8.5";
  }

  @Override
  public void install(Hooks hooks) {
    hooks
        .type("org.apache.coyote.AbstractProtocol")
        .advise(namedOneOf("start", "resume").and(takesArguments(0)), HERE + "OpenAdvice")
        // A graceful shutdown pauses long before it stops.
        .advise(named("pause").or(named("stop")).and(takesArguments(0)), HERE + "CloseAdvice");
    hooks
        .type("org.apache.catalina.connector.CoyoteAdapter")
        .advise(named("postParseRequest").and(takesArguments(4)), HERE + "RequestAdvice")
        .advise(namedOneOf("service", "asyncDispatch"), HERE + "ServiceAdvice");
    hooks
        .type("org.apache.catalina.connector.Request")
        .advise(named("recycle").and(takesArguments(0)), HERE + "RecycleAdvice");
    hooks
        .type("org.apache.catalina.core.StandardWrapperValve")
        .advise(named("exception"), HERE + "ErrorAdvice");
    hookNio(hooks);
    hookNio2(hooks);
  }

  private static void hookNio2(Hooks hooks) {
    hooks
        .type("org.apache.tomcat.util.net.Nio2Endpoint")
        .advise(
            named("setSocketOptions")
                .and(takesArguments(1))
                .and(takesArgument(0, named("java.nio.channels.AsynchronousSocketChannel"))),
            HERE + "AsyncAcceptAdvice");
    hooks
        .type("org.apache.tomcat.util.net.AbstractEndpoint")
        .advise(named("closeSocket").and(takesArguments(1)), HERE + "AsyncRejectAdvice");
  }

  private static void hookNio(Hooks hooks) {
    String endpoint = "org.apache.tomcat.util.net.NioEndpoint";
    hooks
        .type(endpoint)
        .advise(
            named("setSocketOptions")
                .and(takesArguments(1))
                .and(takesArgument(0, named("java.nio.channels.SocketChannel"))),
            HERE + "AcceptAdvice");
    hooks
        .type(endpoint + "$Poller")
        .advise(
            named("cancelledKey").and(takesArgument(0, named("java.nio.channels.SelectionKey"))),
            HERE + "KeyCancelAdvice");
    hooks
        .type(endpoint + "$NioSocketWrapper")
        .advise(named("doClose").and(takesArguments(0)), HERE + "WrapperCloseAdvice")
        .advise(named("processSendfile").and(takesArguments(1)), HERE + "SendfileAdvice");
    hooks
        .type("org.apache.tomcat.util.net.NioChannel")
        .advise(named("isHandshakeComplete").and(takesArguments(0)), HERE + "HandshakeStateAdvice")
        .advise(named("handshake").and(hasDescriptor("(ZZ)I")), HERE + "HandshakeAdvice")
        .advise(named("read").and(hasDescriptor("(Ljava/nio/ByteBuffer;)I")), HERE + "ReadAdvice")
        .advise(
            named("read").and(hasDescriptor("([Ljava/nio/ByteBuffer;II)J")), HERE + "ReadAllAdvice")
        .advise(named("write").and(hasDescriptor("(Ljava/nio/ByteBuffer;)I")), HERE + "WriteAdvice")
        .advise(
            named("write").and(hasDescriptor("([Ljava/nio/ByteBuffer;II)J")),
            HERE + "WriteAllAdvice")
        .advise(named("close").and(takesArguments(0)), HERE + "ChannelCloseAdvice");
  }
}
