package dev.weft.control.rest;

import com.linecorp.armeria.common.HttpStatus;
import dev.weft.control.core.Refused;
import dev.weft.control.core.Refused.Cause;
import dev.weft.control.core.ResourceKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Kubernetes' {@code Status}: how every refusal is said. */
final class Statuses {

  private Statuses() {}

  static HttpStatus codeOf(Refused.Reason reason) {
    return switch (reason) {
      case BAD_REQUEST -> HttpStatus.BAD_REQUEST;
      case UNAUTHORIZED -> HttpStatus.UNAUTHORIZED;
      case FORBIDDEN -> HttpStatus.FORBIDDEN;
      case TOO_MANY_REQUESTS -> HttpStatus.TOO_MANY_REQUESTS;
      case INVALID -> HttpStatus.UNPROCESSABLE_ENTITY;
      case NOT_FOUND -> HttpStatus.NOT_FOUND;
      case ALREADY_EXISTS, CONFLICT -> HttpStatus.CONFLICT;
      case GONE -> HttpStatus.GONE;
      case METHOD_NOT_ALLOWED -> HttpStatus.METHOD_NOT_ALLOWED;
      case NOT_ACCEPTABLE -> HttpStatus.NOT_ACCEPTABLE;
      case UNSUPPORTED_MEDIA_TYPE -> HttpStatus.UNSUPPORTED_MEDIA_TYPE;
      case TOO_LARGE -> HttpStatus.REQUEST_ENTITY_TOO_LARGE;
    };
  }

  static Map<String, Object> failure(Refused refused) {
    Map<String, Object> details = details(refused.key());
    if (!refused.causes().isEmpty()) {
      List<Object> causes = new ArrayList<>();
      for (Cause cause : refused.causes()) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("reason", cause.unknownField() ? "FieldValueNotSupported" : "FieldValueInvalid");
        entry.put("message", cause.message());
        entry.put("field", cause.field());
        causes.add(entry);
      }
      details.put("causes", causes);
    }
    return status(
        codeOf(refused.reason()),
        reasonOf(refused.reason()),
        String.valueOf(refused.getMessage()),
        details);
  }

  /** A failure that is none of core's: what HTTP says of it. */
  static Map<String, Object> failure(HttpStatus code, String message) {
    return status(code, code.reasonPhrase().replace(" ", ""), message, Map.of());
  }

  static Map<String, Object> deleted(ResourceKey key, String uid) {
    Map<String, Object> details = details(key);
    details.put("uid", uid);
    Map<String, Object> status = status(HttpStatus.OK, "", "", details);
    status.put("status", "Success");
    status.remove("message");
    status.remove("reason");
    return status;
  }

  private static Map<String, Object> status(
      HttpStatus code, String reason, String message, Map<String, Object> details) {
    Map<String, Object> status = new LinkedHashMap<>();
    status.put("kind", "Status");
    status.put("apiVersion", "v1");
    status.put("metadata", Map.of());
    status.put("status", "Failure");
    status.put("message", message);
    status.put("reason", reason);
    if (!details.isEmpty()) {
      status.put("details", details);
    }
    status.put("code", code.code());
    return status;
  }

  private static Map<String, Object> details(@Nullable ResourceKey key) {
    Map<String, Object> details = new LinkedHashMap<>();
    if (key != null) {
      details.put("name", key.name());
      details.put("group", key.kind().group());
      details.put("kind", key.kind().plural());
    }
    return details;
  }

  private static String reasonOf(Refused.Reason reason) {
    return switch (reason) {
      case BAD_REQUEST -> "BadRequest";
      case UNAUTHORIZED -> "Unauthorized";
      case FORBIDDEN -> "Forbidden";
      case TOO_MANY_REQUESTS -> "TooManyRequests";
      case INVALID -> "Invalid";
      case NOT_FOUND -> "NotFound";
      case ALREADY_EXISTS -> "AlreadyExists";
      case CONFLICT -> "Conflict";
      case GONE -> "Expired";
      case METHOD_NOT_ALLOWED -> "MethodNotAllowed";
      case NOT_ACCEPTABLE -> "NotAcceptable";
      case UNSUPPORTED_MEDIA_TYPE -> "UnsupportedMediaType";
      case TOO_LARGE -> "RequestEntityTooLarge";
    };
  }
}
