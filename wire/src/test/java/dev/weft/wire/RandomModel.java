package dev.weft.wire;

import dev.weft.model.Route;
import dev.weft.model.StringMatch;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes any value of the model with every field filled by chance. It goes by the builders'
 * reflection, so that a field which somebody adds to the model is tried without a change here.
 */
final class RandomModel {

  private final Random random;

  RandomModel(long seed) {
    this.random = new Random(seed);
  }

  <T> T make(Class<T> type) {
    return type.cast(value(type));
  }

  private Object value(Type type) {
    if (type instanceof ParameterizedType parameterized) {
      return collection(parameterized);
    }
    Class<?> raw = (Class<?>) type;
    if (raw == String.class) {
      return text();
    } else if (raw == int.class || raw == Integer.class) {
      return 1 + random.nextInt(random.nextBoolean() ? 500 : Integer.MAX_VALUE - 1);
    } else if (raw == long.class) {
      return random.nextLong() >>> 1;
    } else if (raw == boolean.class) {
      return random.nextBoolean();
    } else if (raw == double.class) {
      return random.nextDouble() * 100;
    } else if (raw.isEnum()) {
      Object[] constants = raw.getEnumConstants();
      return constants[random.nextInt(constants.length)];
    } else if (raw == StringMatch.class) {
      return StringMatch.of(make(StringMatch.Kind.class), text(), random.nextBoolean());
    }
    return built(raw);
  }

  private Object collection(ParameterizedType type) {
    Type[] of = type.getActualTypeArguments();
    int size = random.nextInt(4);
    if (type.getRawType() == Map.class) {
      Map<Object, Object> map = new LinkedHashMap<>();
      for (int i = 0; i < size; i++) {
        map.put(value(of[0]), value(of[1]));
      }
      return map;
    }
    List<Object> list = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      list.add(value(of[0]));
    }
    return type.getRawType() == Set.class ? new LinkedHashSet<>(list) : list;
  }

  private Object built(Class<?> type) {
    try {
      Object builder = type.getMethod("builder").invoke(null);
      Method[] setters = builder.getClass().getDeclaredMethods();
      Arrays.sort(setters, Comparator.comparing(Method::getName));
      for (Method setter : setters) {
        if (setter.getParameterCount() == 1 && setter.getReturnType() == builder.getClass()) {
          boolean absent = nullable(setter) && random.nextInt(3) == 0;
          setter.invoke(builder, absent ? null : value(setter.getGenericParameterTypes()[0]));
        }
      }
      if (type == Route.class) {
        oneAction((Route.Builder) builder);
      }
      return builder.getClass().getMethod("build").invoke(builder);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(type + " is not built as the others of the model", e);
    }
  }

  /** A route has exactly one action; the generator above gave it any number. */
  private void oneAction(Route.Builder builder) {
    Route route = builder.build();
    int action = random.nextInt(3);
    builder.destinations(
        action == 0 ? List.of(make(dev.weft.model.WeightedUpstream.class)) : List.of());
    builder.redirect(action == 1 ? make(dev.weft.model.Redirect.class) : null);
    builder.directResponse(action == 2 ? make(dev.weft.model.DirectResponse.class) : null);
    if (action == 0 && route.destinations().size() > 1) {
      builder.destinations(route.destinations());
    }
  }

  private static boolean nullable(Method setter) {
    return setter.getAnnotatedParameterTypes()[0].isAnnotationPresent(Nullable.class);
  }

  private String text() {
    String[] some = {"", "reviews", "x-end-user", "/v2", "ünï-ç", "a:b|c", "%%", "\n"};
    return some[random.nextInt(some.length)] + Integer.toString(random.nextInt(1000), 36);
  }
}
