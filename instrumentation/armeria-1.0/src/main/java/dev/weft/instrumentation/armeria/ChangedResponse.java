package dev.weft.instrumentation.armeria;

import com.linecorp.armeria.common.FilteredHttpResponse;
import com.linecorp.armeria.common.HttpObject;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.ResponseHeadersBuilder;
import dev.weft.outbound.HeaderMutations;

/** A response with other headers. */
final class ChangedResponse extends FilteredHttpResponse {

  private final HeaderMutations changes;

  ChangedResponse(HttpResponse response, HeaderMutations changes) {
    super(response, true);
    this.changes = changes;
  }

  @Override
  protected HttpObject filter(HttpObject object) {
    if (!(object instanceof ResponseHeaders)
        || ((ResponseHeaders) object).status().isInformational()) {
      return object;
    }
    ResponseHeadersBuilder headers = ((ResponseHeaders) object).toBuilder();
    apply(changes, headers);
    return headers.build();
  }

  static void apply(HeaderMutations changes, ResponseHeadersBuilder headers) {
    changes.apply(
        headers::remove,
        (name, value) -> headers.set(name, value),
        (name, value) -> headers.add(name, value));
  }
}
