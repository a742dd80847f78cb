package dev.weft.engine.propagation;

import dev.weft.context.CallContext;
import dev.weft.inbound.InboundRequest;
import dev.weft.outbound.OutboundRequest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The headers that travel: those of the trace, {@code baggage}, {@code x-request-id}, and those
 * that an operator names. Nobody may make us hold or send more than the limits here, whatever
 * arrives.
 */
public final class Propagation {

  public static final String REQUEST_ID = "x-request-id";

  /** How many headers an operator may name. */
  public static final int MAX_NAMED = 32;

  /** Characters of one value; what is longer stays behind. */
  public static final int MAX_VALUE = 8_192;

  /** Characters of all names and values together; what does not fit any more stays behind. */
  public static final int MAX_TOTAL = 16_384;

  private static final String BAGGAGE = "baggage";
  private static final int MAX_NAME = 128;

  /** They are about one connection, one body or one peer, or the mesh's own. */
  private static final Set<String> NEVER =
      Collections.unmodifiableSet(
          new HashSet<>(
              Arrays.asList(
                  "host",
                  "connection",
                  "keep-alive",
                  "te",
                  "trailer",
                  "transfer-encoding",
                  "upgrade",
                  "expect",
                  "range",
                  "grpc-timeout",
                  "x-forwarded-client-cert",
                  "x-weft-peer")));

  private final String[] named;

  /**
   * @param named names of further headers, in any case; those that {@link #isNameable} does not
   *     accept, and more than {@link #MAX_NAMED}, are an error
   */
  public Propagation(List<String> named) {
    List<String> names = new ArrayList<>();
    for (String each : named) {
      String name = each.toLowerCase(Locale.ROOT);
      if (!isNameable(name)) {
        throw new IllegalArgumentException(
            "propagated headers: " + each + " (expected: a header that may be sent on)");
      }
      if (!names.contains(name) && !isBuiltIn(name)) {
        names.add(name);
      }
    }
    if (names.size() > MAX_NAMED) {
      throw new IllegalArgumentException(
          "propagated headers: " + names.size() + " (expected: at most " + MAX_NAMED + ")");
    }
    this.named = names.toArray(new String[0]);
  }

  /** Whether an operator may name this header: a token which is not about one hop or one body. */
  public static boolean isNameable(String header) {
    String name = header.toLowerCase(Locale.ROOT);
    if (name.isEmpty() || name.length() > MAX_NAME) {
      return false;
    }
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
      if (!letter && "!#$%&'*+-.^_`|~".indexOf(c) < 0) {
        return false;
      }
    }
    return !NEVER.contains(name)
        && !name.startsWith("content-")
        && !name.startsWith("proxy-")
        && !name.startsWith("if-")
        && !name.startsWith("x-envoy-");
  }

  private static boolean isBuiltIn(String name) {
    return name.equals(BAGGAGE) || name.equals(REQUEST_ID) || TraceHeaders.isOne(name);
  }

  /**
   * What a request that arrived brings.
   *
   * @param requestId the one that was made for a request without; null where it has one
   */
  public CallContext arriving(InboundRequest request, @Nullable String requestId) {
    Taken taken = new Taken(request);
    if (requestId == null) {
      taken.take(REQUEST_ID);
    } else {
      taken.add(REQUEST_ID, requestId);
    }
    if (taken.take(TraceHeaders.PARENT)) {
      taken.take(TraceHeaders.STATE);
    }
    for (String name : TraceHeaders.all()) {
      if (!name.startsWith("trace")) {
        taken.take(name);
      }
    }
    taken.take(BAGGAGE);
    for (String name : named) {
      taken.take(name);
    }
    return CallContext.of(taken.headers);
  }

  /** The request as it is with what travels: the application's own headers win. */
  public static OutboundRequest leaving(OutboundRequest request, CallContext context) {
    List<String> added = new ArrayList<>();
    boolean[] traceIsTheirs = {false};
    boolean[] traceIsKnown = {false};
    context.forEach(
        (name, value) -> {
          if (TraceHeaders.isOne(name)) {
            if (!traceIsKnown[0]) {
              traceIsTheirs[0] = hasTrace(request);
              traceIsKnown[0] = true;
            }
            if (traceIsTheirs[0]) {
              return;
            }
          } else if (request.header(name) != null) {
            return;
          }
          added.add(name);
          added.add(value);
        });
    return added.isEmpty() ? request : new CarryingRequest(request, added);
  }

  /** Part of a trace of ours beside part of one of theirs would join what does not belong. */
  private static boolean hasTrace(OutboundRequest request) {
    for (String name : TraceHeaders.all()) {
      if (request.header(name) != null) {
        return true;
      }
    }
    return false;
  }

  /** What was taken so far, within the limits. */
  private static final class Taken {
    private final InboundRequest request;
    private final List<String> headers = new ArrayList<>(8);
    private int total;

    Taken(InboundRequest request) {
      this.request = request;
    }

    boolean take(String name) {
      String value = request.header(name);
      return value != null
          && isSendable(value)
          && TraceHeaders.isValid(name, value)
          && add(name, value);
    }

    boolean add(String name, String value) {
      int size = name.length() + value.length();
      if (value.length() > MAX_VALUE || total + size > MAX_TOTAL) {
        return false;
      }
      total += size;
      headers.add(name);
      headers.add(value);
      return true;
    }

    /** Header values are bytes: nothing that a library might refuse, or cut a head in two. */
    private static boolean isSendable(String value) {
      for (int i = 0; i < value.length(); i++) {
        char c = value.charAt(i);
        if ((c < ' ' && c != '\t') || c == 0x7f || c > 0xff) {
          return false;
        }
      }
      return !value.isEmpty();
    }
  }
}
