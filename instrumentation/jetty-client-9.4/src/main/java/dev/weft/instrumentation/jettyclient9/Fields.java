package dev.weft.instrumentation.jettyclient9;

import dev.weft.outbound.HeaderMutations;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.eclipse.jetty.client.HttpResponse;
import org.eclipse.jetty.client.api.Request;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.jspecify.annotations.Nullable;

/**
 * Headers, by what they have in common before and since Jetty 10, where {@link HttpFields} turned
 * from a class to an interface: one can go through them. The rest is found by reflection.
 */
final class Fields {

  private static final @Nullable Class<?> MUTABLE =
      Late.type("org.eclipse.jetty.http.HttpFields$Mutable");

  /** Since Jetty 10, headers of a response are changed by what is given to this. */
  private static final @Nullable Method CHANGE =
      Late.method(HttpResponse.class, "headers", Consumer.class);

  private static final @Nullable Method CLEAR = Late.method(changeable(), "clear");
  private static final @Nullable Method ADD = Late.method(changeable(), "add", HttpField.class);

  private Fields() {}

  private static Class<?> changeable() {
    return MUTABLE == null ? HttpFields.class : MUTABLE;
  }

  static List<HttpField> changed(Iterable<HttpField> fields, HeaderMutations changes) {
    List<HttpField> changed = new ArrayList<>();
    fields.forEach(changed::add);
    changes.apply(
        name -> remove(changed, name),
        (name, value) -> set(changed, name, value),
        (name, value) -> changed.add(new HttpField(name, value)));
    return changed;
  }

  static void set(List<HttpField> fields, String name, String value) {
    remove(fields, name);
    fields.add(new HttpField(name, value));
  }

  private static void remove(List<HttpField> fields, String name) {
    fields.removeIf(field -> field.getName().equalsIgnoreCase(name));
  }

  /** All values of one header, in one line; null for none. */
  static @Nullable String joined(Iterable<HttpField> fields, String name) {
    String joined = null;
    for (HttpField field : fields) {
      if (field.getName().equalsIgnoreCase(name)) {
        joined = joined == null ? field.getValue() : joined + "," + field.getValue();
      }
    }
    return joined;
  }

  static void replace(Request request, List<HttpField> fields) {
    changed(request.getHeaders(), HeaderMutations.NONE)
        .forEach(field -> request.header(field.getName(), null));
    fields.forEach(field -> request.header(field.getName(), field.getValue()));
  }

  static void replace(HttpResponse response, List<HttpField> fields) {
    if (CHANGE == null) {
      put(response.getHeaders(), fields);
    } else {
      Consumer<Object> change = headers -> put(headers, fields);
      Late.call(CHANGE, response, change);
    }
  }

  private static void put(Object headers, List<HttpField> fields) {
    if (CLEAR == null || ADD == null) {
      throw new IllegalStateException("headers of " + headers.getClass() + " cannot be changed");
    }
    Late.call(CLEAR, headers);
    fields.forEach(field -> Late.call(ADD, headers, field));
  }
}
