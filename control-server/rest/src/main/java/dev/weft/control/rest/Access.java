package dev.weft.control.rest;

import static java.util.Objects.requireNonNull;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.weft.control.core.AccessRefused;
import dev.weft.control.core.Refused;
import dev.weft.control.core.Refused.Reason;
import dev.weft.control.core.StoredToken;
import dev.weft.control.core.Tokens;
import dev.weft.control.core.WorkloadIdentity;
import io.netty.util.AttributeKey;
import java.net.InetSocketAddress;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Who may use the REST API: who shows an admin token, or the client certificate of an identity that
 * is named an admin. Reading is no different from writing: policies tell what the mesh consists of.
 */
public final class Access {

  private static final AttributeKey<String> CALLER = AttributeKey.valueOf(Access.class, "CALLER");
  private static final String BEARER = "Bearer ";
  private static final String CHALLENGE = "Bearer realm=\"weft\"";

  private final Tokens tokens;
  private final Function<ServiceRequestContext, @Nullable WorkloadIdentity> peers;
  private final Set<WorkloadIdentity> admins;
  private final boolean open;

  /**
   * @param peers who a caller is by its client certificate
   * @param admins who may do everything by their certificate
   * @param open everybody may do everything
   */
  public Access(
      Tokens tokens,
      Function<ServiceRequestContext, @Nullable WorkloadIdentity> peers,
      Set<WorkloadIdentity> admins,
      boolean open) {
    this.tokens = requireNonNull(tokens, "tokens");
    this.peers = requireNonNull(peers, "peers");
    this.admins = Set.copyOf(admins);
    this.open = open;
  }

  /** The service for those who may; the body of others is not read. */
  HttpService guard(HttpService service) {
    return (context, request) -> {
      try {
        context.setAttr(CALLER, caller(context, request));
      } catch (Refused refused) {
        return refusal(request, refused);
      }
      return service.serve(context, request);
    };
  }

  /** Who calls, for the log: never a secret. */
  static String callerOf(ServiceRequestContext context) {
    String caller = context.attr(CALLER);
    return caller == null ? "anybody" : caller;
  }

  private String caller(ServiceRequestContext context, HttpRequest request) throws Refused {
    String authorization = request.headers().get(HttpHeaderNames.AUTHORIZATION, "");
    if (open) {
      return "anybody (--insecure) from " + address(context);
    }
    if (authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
      try {
        String text = authorization.substring(BEARER.length()).strip();
        StoredToken token = tokens.authenticate(StoredToken.Type.ADMIN, text, address(context));
        return "admin token " + token.id() + " from " + address(context);
      } catch (AccessRefused e) {
        throw new Refused(
            e.retryAfterSeconds() > 0 ? Reason.TOO_MANY_REQUESTS : Reason.UNAUTHORIZED,
            String.valueOf(e.getMessage()));
      }
    }
    WorkloadIdentity peer = peers.apply(context);
    if (peer == null) {
      throw new Refused(
          Reason.UNAUTHORIZED,
          "authentication required (expected: Authorization: Bearer <admin token>; the commands"
              + " take it from --token, WEFT_TOKEN or the server's data directory)");
    }
    if (!admins.contains(peer)) {
      throw new Refused(
          Reason.FORBIDDEN, peer + " is no admin (expected: a bearer token, or --admin-identity)");
    }
    return peer + " from " + address(context);
  }

  private static HttpResponse refusal(HttpRequest request, Refused refused) {
    HttpResponse answer = Reply.refusal(request.headers(), refused);
    return refused.reason() == Reason.UNAUTHORIZED
        ? answer.mapHeaders(
            headers -> headers.toBuilder().set(HttpHeaderNames.WWW_AUTHENTICATE, CHALLENGE).build())
        : answer;
  }

  private static String address(ServiceRequestContext context) {
    InetSocketAddress remote = context.remoteAddress();
    return remote.getAddress() == null ? "unknown" : remote.getAddress().getHostAddress();
  }
}
