package dev.weft.control.rest;

import static java.util.Objects.requireNonNull;

import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.weft.control.core.CertificateAuthority;
import dev.weft.control.core.CertificateAuthority.Root;
import dev.weft.control.core.Refused;
import dev.weft.control.core.Refused.Reason;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code /v1/ca}: the roots, their rotation and retirement. */
final class AuthorityService implements Handler {

  private static final Logger AUDIT = LoggerFactory.getLogger("dev.weft.audit");

  private final CertificateAuthority authority;

  AuthorityService(CertificateAuthority authority) {
    this.authority = requireNonNull(authority, "authority");
  }

  /** {@code /v1/trust-bundle}: what everybody may know, and has to. */
  static Handler bundle(CertificateAuthority authority) {
    return (context, request) ->
        HttpResponse.of(
            HttpStatus.OK,
            MediaType.create("application", "x-pem-file"),
            String.join("", authority.current().roots()));
  }

  @Override
  public HttpResponse handle(ServiceRequestContext context, AggregatedHttpRequest request)
      throws Refused {
    String asked = request.method() + " " + context.decodedPath();
    List<Root> roots =
        switch (asked) {
          case "GET /v1/ca" -> authority.roots();
          case "POST /v1/ca/rotate" -> List.of(authority.rotate());
          case "POST /v1/ca/retire" ->
              authority.retire(new Query(context.queryParams()).flag("force"));
          default ->
              throw new Refused(
                  Reason.METHOD_NOT_ALLOWED,
                  asked + " (expected: GET /v1/ca, POST /v1/ca/rotate, POST /v1/ca/retire?force=)");
        };
    if (request.method() == HttpMethod.POST) {
      AUDIT.info("{} by=\"{}\"", asked, Access.callerOf(context));
    }
    List<Object> items = new ArrayList<>();
    roots.forEach(root -> items.add(tree(root)));
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("trustDomain", authority.current().trustDomain());
    answer.put("pin", authority.pin());
    answer.put("items", items);
    return Reply.of(request.headers(), HttpStatus.OK, answer);
  }

  private static Map<String, Object> tree(Root root) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("subject", root.subject());
    tree.put("role", root.role().name());
    tree.put("signsFrom", root.signsFrom().toString());
    tree.put("notBefore", root.notBefore().toString());
    tree.put("notAfter", root.notAfter().toString());
    tree.put("pin", root.pin());
    tree.put("origin", root.origin());
    return tree;
  }
}
