package dev.weft.engine;

import dev.weft.engine.ExternalAuthorization.Answer;
import dev.weft.engine.ExternalAuthorization.Check;
import dev.weft.engine.authorization.Finding;
import dev.weft.inbound.InboundRequest;
import dev.weft.model.ExternalAuthorizer;
import dev.weft.outbound.HeaderMutations;
import dev.weft.outbound.LocalReply;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Asks the authorizers of CUSTOM policies, one after the other, until one refuses. */
final class AuthorizerQuestions {

  private static final int DEFAULT_STATUS = 403;

  private final ExternalAuthorization authorization;

  AuthorizerQuestions(ExternalAuthorization authorization) {
    this.authorization = authorization;
  }

  /** Leaves the verdict to {@code authorizers}; what can be read of the request is read now. */
  void ask(
      InboundRequest request,
      InboundRecord record,
      boolean grpc,
      List<ExternalAuthorizer> authorizers) {
    CompletionStage<Boolean> verdict = CompletableFuture.completedFuture(true);
    for (ExternalAuthorizer authorizer : authorizers) {
      Check check = check(request, authorizer);
      verdict =
          verdict.thenCompose(
              allowed ->
                  allowed
                      ? answer(authorizer, check)
                          .thenApply(answer -> follow(record, grpc, authorizer, answer))
                      : CompletableFuture.completedFuture(false));
    }
    // Whatever breaks here has allowed nothing.
    record.await(
        verdict.handle(
            (allowed, failure) -> {
              if (failure != null) {
                follow(record, grpc, authorizers.get(0), Answer.failed(failure.toString()));
              }
              return null;
            }),
        authorizers);
  }

  private CompletionStage<Answer> answer(ExternalAuthorizer authorizer, Check check) {
    try {
      return authorization
          .ask(authorizer, check)
          .handle(
              (answer, failure) ->
                  failure == null ? answer : Answer.failed(String.valueOf(failure)));
    } catch (RuntimeException | LinkageError e) {
      return CompletableFuture.completedFuture(Answer.failed(e.toString()));
    }
  }

  private static Check check(InboundRequest request, ExternalAuthorizer authorizer) {
    Map<String, String> headers = new LinkedHashMap<>();
    copy(request, "authorization", headers);
    for (String name : authorizer.includeRequestHeadersInCheck()) {
      if (name.indexOf('*') < 0) {
        copy(request, name.toLowerCase(Locale.ROOT), headers);
        continue;
      }
      for (String each : request.headerNames()) {
        if (isLike(each, name.toLowerCase(Locale.ROOT))) {
          copy(request, each, headers);
        }
      }
    }
    authorizer
        .includeAdditionalHeadersInCheck()
        .forEach((name, value) -> headers.put(name.toLowerCase(Locale.ROOT), value));
    return new Check(request.method(), request.authority(), request.path(), headers);
  }

  private static boolean isLike(String name, String pattern) {
    return pattern.startsWith("*")
        ? name.endsWith(pattern.substring(1))
        : pattern.endsWith("*") && name.startsWith(pattern.substring(0, pattern.length() - 1));
  }

  private static void copy(InboundRequest request, String name, Map<String, String> headers) {
    String value = request.header(name);
    if (value != null) {
      headers.put(name, value);
    }
  }

  /** Whether the request may still pass. */
  private static boolean follow(
      InboundRecord record, boolean grpc, ExternalAuthorizer authorizer, Answer answer) {
    switch (answer.kind) {
      case ALLOWED:
        record.addHeaders(answer.headers);
        return true;
      case DENIED:
        record.found(new Finding(Finding.Kind.DENIED, ""));
        record.refuse(denied(grpc, answer), "ext_authz_denied");
        return false;
      default:
        if (authorizer.failOpen()) {
          return true;
        }
        int status = authorizer.statusOnError() > 0 ? authorizer.statusOnError() : DEFAULT_STATUS;
        record.found(new Finding(Finding.Kind.DENIED, ""));
        record.refuse(
            Replies.text(grpc, status, "", Flags.UNAUTHORIZED, HeaderMutations.NONE),
            "ext_authz_error");
        return false;
    }
  }

  private static LocalReply denied(boolean grpc, Answer answer) {
    return grpc
        ? Replies.grpc(
            Replies.grpcStatus(answer.status), "", Flags.UNAUTHORIZED, HeaderMutations.NONE)
        : new LocalReply(
            answer.status, answer.headers, answer.body, Flags.text(Flags.UNAUTHORIZED));
  }
}
