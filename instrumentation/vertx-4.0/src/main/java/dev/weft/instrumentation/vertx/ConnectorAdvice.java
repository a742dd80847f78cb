package dev.weft.instrumentation.vertx;

import dev.weft.transport.Endpoint;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.SocketAddress;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.asm.Advice.AssignReturned.ToFields.ToField;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.jspecify.annotations.Nullable;

/** Keeps an upgrade to h2c away from connections that will be TLS below: it would strip them. */
final class ConnectorAdvice {

  private ConnectorAdvice() {}

  @Advice.OnMethodExit(inline = false)
  @Advice.AssignReturned.ToFields(@ToField(value = "version", typing = Assigner.Typing.DYNAMIC))
  static Object exit(
      @Advice.FieldValue("client") Object client,
      @Advice.FieldValue("server") @Nullable SocketAddress server,
      @Advice.FieldValue("version") HttpVersion version) {
    String host = server == null ? null : server.host();
    return host != null && Endpoint.isTls(host) && Settings.upgrades(client)
        ? HttpVersion.HTTP_1_1
        : version;
  }
}
