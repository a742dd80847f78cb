package dev.weft.policy;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The rules of Istio's webhook for one {@code http} route. */
final class HttpRouteRules {

  private static final int MAX_BODY = 1024 * 1024;
  private static final int LARGE_BODY = 100 * 1024;
  private static final Set<Long> REDIRECT_CODES =
      Collections.unmodifiableSet(new HashSet<>(Arrays.asList(301L, 302L, 303L, 307L, 308L)));

  private final Rules rules;
  private final boolean inDelegate;

  HttpRouteRules(Rules rules, boolean inDelegate) {
    this.rules = rules;
    this.inDelegate = inDelegate;
  }

  void check(Node route) {
    action(route);
    for (Node match : route.get("match").items()) {
      new HttpMatchRules(rules).check(match);
    }
    destinations(route.get("route"));
    headers(route);
    redirect(route);
    directResponse(route.get("directResponse"));
    rewrite(route.get("rewrite"));
    fault(route.get("fault"));
    new RetryRules(rules).check(route.get("retries"));
    zero(route.get("timeout"), "0s is no timeout; Istio refuses it, leave the field out");
    mirrors(route);
  }

  private void zero(Node duration, String message) {
    if (duration.nanos(-1) == 0) {
      rules.warning(duration, message);
    }
  }

  private void action(Node route) {
    List<String> actions = new ArrayList<>();
    for (String action : new String[] {"route", "redirect", "directResponse", "delegate"}) {
      if (action.equals("route") ? !Rules.isEmpty(route.get(action)) : route.has(action)) {
        actions.add(action);
      }
    }
    if (actions.isEmpty()) {
      rules.error(route, "does nothing (expected: route, redirect, directResponse or delegate)");
    } else if (actions.size() > 1) {
      rules.error(
          route, String.join(" and ", actions) + " are both set (expected: only one of them)");
    }
    if (route.has("redirect") || route.has("directResponse")) {
      for (String other : new String[] {"fault", "rewrite"}) {
        if (route.has(other)) {
          rules.error(
              route.get(other),
              "goes only with route (the request is answered by " + actions.get(0) + ")");
        }
      }
    }
    if (route.has("delegate") && inDelegate) {
      rules.error(route.get("delegate"), "a delegate (no hosts) cannot delegate again");
    }
    Node delegate = route.get("delegate");
    if (delegate.present() && Rules.isEmpty(delegate.get("name"))) {
      rules.missing(delegate.get("name"), "the name of a VirtualService without hosts");
    }
  }

  private void destinations(Node list) {
    List<Node> destinations = list.items();
    long sum = 0;
    for (Node destination : destinations) {
      rules.destination(destination.get("destination"));
      Node weight = destination.get("weight");
      sum += Math.max(0, weight.integer(0));
      if (destinations.size() > 1 && !weight.present()) {
        rules.warning(weight, "left out, which is weight 0: gets no requests");
      }
    }
    if (destinations.size() > 1 && sum == 0) {
      rules.error(list, "all weights are 0 (expected: a sum above 0)");
    }
  }

  private void headers(Node route) {
    List<Node> authorities = new ArrayList<>();
    if (route.get("rewrite").has("authority")) {
      authorities.add(route.get("rewrite").get("authority"));
    }
    operations(route.get("headers"), authorities);
    exactlyOne(authorities);
    List<Node> destinations = route.get("route").items();
    for (Node destination : destinations) {
      List<Node> own = new ArrayList<>();
      operations(destination.get("headers"), own);
      exactlyOne(own);
      if (destinations.size() > 1) {
        for (Node authority : own) {
          rules.noEffect(
              authority, "the authority is rewritten by route, not by one of several destinations");
        }
      }
    }
  }

  private void exactlyOne(List<Node> authorities) {
    if (authorities.size() > 1) {
      rules.error(
          authorities.get(1),
          "the authority is set at " + authorities.get(0).path() + " too (expected: only once)");
    }
  }

  private void operations(Node headers, List<Node> authorities) {
    for (String side : new String[] {"request", "response"}) {
      for (String operation : new String[] {"set", "add"}) {
        Node map = headers.get(side).get(operation);
        for (String name : map.entries().keySet()) {
          Node entry = map.entry(name);
          if (isAuthority(name)) {
            authorities.add(entry);
          } else if (name.startsWith(":")) {
            rules.noEffect(entry, "pseudo headers cannot be changed");
          } else {
            rules.header(entry, name);
          }
        }
      }
      for (Node name : headers.get(side).get("remove").items()) {
        if (isAuthority(name.text()) || name.text().startsWith(":")) {
          rules.noEffect(name, "a request cannot do without it");
        } else if (name.isText()) {
          rules.header(name, name.text());
        }
      }
    }
  }

  static boolean isAuthority(String header) {
    String name = header.toLowerCase(Locale.ROOT);
    return "host".equals(name) || ":authority".equals(name);
  }

  private void redirect(Node route) {
    Node redirect = route.get("redirect");
    if (!redirect.present()) {
      return;
    }
    if (redirect.has("uri") && redirect.has("prefixRewrite")) {
      rules.error(redirect, "uri and prefixRewrite are both set (expected: only one of them)");
    }
    boolean something = false;
    for (String field :
        new String[] {"uri", "prefixRewrite", "authority", "scheme", "port", "derivePort"}) {
      something |= !Rules.isEmpty(redirect.get(field));
    }
    if (!something) {
      rules.error(redirect, "leads nowhere (expected: uri, authority, scheme or port)");
    }
    Node code = redirect.get("redirectCode");
    if (code.value() instanceof Long
        && (Long) code.value() != 0
        && !REDIRECT_CODES.contains(code.value())) {
      rules.wrong(code, "301, 302, 303, 307 or 308");
    }
    if (redirect.has("prefixRewrite") && !allByPrefix(route)) {
      rules.error(
          redirect.get("prefixRewrite"), "needs a match of uri.prefix in every match of the route");
    }
  }

  private static boolean allByPrefix(Node route) {
    for (Node match : route.get("match").items()) {
      if (!match.get("uri").has("prefix")) {
        return false;
      }
    }
    return !route.get("match").items().isEmpty();
  }

  private void directResponse(Node response) {
    if (!response.present()) {
      return;
    }
    Node status = response.get("status");
    if (!status.present()) {
      rules.missing(status, "an HTTP status, 200 to 599");
    } else if (status.value() instanceof Long
        && (status.integer(0) < 200 || status.integer(0) > 599)) {
      rules.wrong(status, "an HTTP status, 200 to 599");
    }
    Node body = response.get("body");
    if (body.present() && Rules.isEmpty(body)) {
      rules.missing(body, "string or bytes");
    }
    Node bytes = body.get("bytes");
    if (bytes.isText() && decode(bytes.text()) == null) {
      rules.wrong(bytes, "base64 of a text in UTF-8");
    }
    int size = body.get("string").text().length() + bytes.text().length() / 4 * 3;
    if (size > MAX_BODY) {
      rules.error(body, size + " bytes (expected: at most 1 MB)");
    } else if (size > LARGE_BODY) {
      rules.warning(body, size + " bytes are kept in every agent (better: below 100 kB)");
    }
  }

  /** The text that {@code base64} stands for; null when it stands for none. */
  static @Nullable String decode(String base64) {
    try {
      byte[] bytes = Base64.getDecoder().decode(base64);
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (IllegalArgumentException | CharacterCodingException e) {
      return null;
    }
  }

  private void rewrite(Node rewrite) {
    if (!rewrite.present()) {
      return;
    }
    Node regex = rewrite.get("uriRegexRewrite");
    if (rewrite.has("uri") && regex.present()) {
      rules.error(rewrite, "uri and uriRegexRewrite are both set (expected: only one of them)");
    }
    if (Rules.isEmpty(rewrite.get("uri"))
        && !regex.present()
        && Rules.isEmpty(rewrite.get("authority"))) {
      rules.error(rewrite, "changes nothing (expected: uri, uriRegexRewrite or authority)");
    }
    if (regex.present()) {
      if (Rules.isEmpty(regex.get("match"))) {
        rules.missing(regex.get("match"), "a regular expression of RE2");
      } else {
        rules.regex(regex.get("match"));
      }
      if (!regex.has("rewrite")) {
        rules.missing(regex.get("rewrite"), "what to put in place of a match");
      }
    }
  }

  private void fault(Node fault) {
    if (!fault.present()) {
      return;
    }
    if (!fault.has("delay") && !fault.has("abort")) {
      rules.error(fault, "injects nothing (expected: delay or abort)");
    }
    delay(fault.get("delay"));
    abort(fault.get("abort"));
  }

  private void delay(Node delay) {
    if (!delay.present()) {
      return;
    }
    if (delay.has("exponentialDelay")) {
      rules.error(delay.get("exponentialDelay"), "is not supported (use fixedDelay)");
    } else if (!delay.has("fixedDelay")) {
      rules.missing(delay.get("fixedDelay"), Durations.SYNTAX);
    }
    if (delay.has("percent")) {
      rules.warning(delay.get("percent"), "is deprecated (use percentage.value)");
    } else {
      never(delay);
    }
  }

  private void abort(Node abort) {
    if (!abort.present()) {
      return;
    }
    Node http = abort.get("httpStatus");
    Node grpc = abort.get("grpcStatus");
    if (abort.has("http2Error")) {
      rules.error(abort.get("http2Error"), "is not supported (use httpStatus or grpcStatus)");
    } else if (!http.present() && !grpc.present()) {
      rules.error(abort, "has no status (expected: httpStatus or grpcStatus)");
    }
    if (http.value() instanceof Long && (http.integer(0) < 200 || http.integer(0) > 600)) {
      rules.wrong(http, "an HTTP status, 200 to 600");
    }
    if (grpc.isText() && GrpcStatus.code(grpc.text()) < 0) {
      rules.wrong(grpc, "a gRPC status such as UNAVAILABLE");
    }
    never(abort);
  }

  private void never(Node fault) {
    if (!fault.has("percentage")) {
      rules.warning(fault.get("percentage"), "left out, which is 0 %: the fault never happens");
    }
  }

  private void mirrors(Node route) {
    if (route.has("mirror") && route.has("mirrors")) {
      rules.error(route, "mirror and mirrors are both set (expected: only one of them)");
    }
    if (route.has("mirror")) {
      rules.destination(route.get("mirror"));
    }
    for (Node mirror : route.get("mirrors").items()) {
      rules.destination(mirror.get("destination"));
    }
    if (route.has("mirrorPercent")) {
      rules.warning(route.get("mirrorPercent"), "is deprecated (use mirrorPercentage)");
    }
  }
}
