package dev.weft.engine;

import static java.util.Objects.requireNonNull;

import dev.weft.model.ExternalAuthorizer;
import dev.weft.outbound.HeaderMutations;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Asks a service about a request. Does not block; thread-safe. */
public interface ExternalAuthorization {

  /** Cannot ask anybody. */
  ExternalAuthorization NONE =
      (authorizer, check) ->
          CompletableFuture.completedFuture(Answer.failed("this agent asks no authorizer"));

  /**
   * The answer; completes normally and within the authorizer's timeout, on any thread. Failures are
   * an {@link Answer} as well.
   */
  CompletionStage<Answer> ask(ExternalAuthorizer authorizer, Check check);

  /** What is asked about. Immutable. */
  final class Check {
    public final String method;
    public final String authority;

    /** With the query. */
    public final String path;

    /** Those that the authorizer shall see, by name in lower case. */
    public final Map<String, String> headers;

    Check(String method, String authority, String path, Map<String, String> headers) {
      this.method = requireNonNull(method, "method");
      this.authority = requireNonNull(authority, "authority");
      this.path = requireNonNull(path, "path");
      this.headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
    }
  }

  /** What was answered. Immutable. */
  final class Answer {

    /** What becomes of the request. */
    public enum Kind {
      ALLOWED,
      DENIED,
      /** There is no answer. */
      FAILED
    }

    public final Kind kind;

    /** Denied: what the caller gets; else 0. */
    public final int status;

    /** Allowed: for the application. Denied: for the caller. */
    public final HeaderMutations headers;

    /** Denied: what the caller gets; not to be changed. */
    public final byte[] body;

    /** Failed: why. */
    public final String reason;

    private Answer(Kind kind, int status, HeaderMutations headers, byte[] body, String reason) {
      this.kind = kind;
      this.status = status;
      this.headers = headers;
      this.body = body;
      this.reason = reason;
    }

    public static Answer allowed(HeaderMutations headers) {
      return new Answer(Kind.ALLOWED, 0, headers, new byte[0], "");
    }

    public static Answer denied(int status, HeaderMutations headers, byte[] body) {
      return new Answer(Kind.DENIED, status, headers, body, "");
    }

    public static Answer failed(String reason) {
      return new Answer(Kind.FAILED, 0, HeaderMutations.NONE, new byte[0], reason);
    }
  }
}
