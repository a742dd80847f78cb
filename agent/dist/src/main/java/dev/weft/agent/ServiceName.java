package dev.weft.agent;

import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a service is called when nobody said so. */
final class ServiceName {

  private ServiceName() {}

  /** From OpenTelemetry's name, Spring's, the jar's, the main class's; always a DNS label. */
  static String fallback(Map<?, ?> properties, Map<String, String> environment) {
    String[] candidates = {
      text(properties.get("otel.service.name")),
      environment.get("OTEL_SERVICE_NAME"),
      text(properties.get("spring.application.name")),
      environment.get("SPRING_APPLICATION_NAME"),
      fromCommand(text(properties.get("sun.java.command"))),
    };
    for (String candidate : candidates) {
      String label = candidate == null ? "" : label(candidate);
      if (!label.isEmpty()) {
        return label;
      }
    }
    return "unknown";
  }

  /** Whether {@code text} is a DNS label, in lower case. */
  static boolean isLabel(String text) {
    return !text.isEmpty() && text.equals(label(text));
  }

  /** {@code target/reviews-1.2.jar --x} is reviews; {@code shop.ReviewsMain} is reviewsmain. */
  private static @Nullable String fromCommand(@Nullable String command) {
    if (command == null || command.isEmpty()) {
      return null;
    }
    int jar = command.indexOf(".jar");
    String main;
    if (jar > 0 && (jar + 4 == command.length() || command.charAt(jar + 4) == ' ')) {
      main = command.substring(0, jar);
      main = main.substring(Math.max(main.lastIndexOf('/'), main.lastIndexOf('\\')) + 1);
      return withoutVersion(main);
    }
    int space = command.indexOf(' ');
    main = space < 0 ? command : command.substring(0, space);
    return main.substring(Math.max(main.lastIndexOf('.'), main.lastIndexOf('/')) + 1);
  }

  private static String withoutVersion(String name) {
    for (int i = 1; i + 1 < name.length(); i++) {
      if (name.charAt(i) == '-' && Character.isDigit(name.charAt(i + 1))) {
        return name.substring(0, i);
      }
    }
    return name;
  }

  private static String label(String text) {
    StringBuilder label = new StringBuilder();
    for (char c : text.toLowerCase(Locale.ROOT).toCharArray()) {
      boolean good = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
      label.append(good ? c : '-');
    }
    if (label.length() > 63) {
      label.setLength(63);
    }
    int start = 0;
    int end = label.length();
    while (start < end && label.charAt(start) == '-') {
      start++;
    }
    while (end > start && label.charAt(end - 1) == '-') {
      end--;
    }
    return label.substring(start, end);
  }

  private static @Nullable String text(@Nullable Object value) {
    return value instanceof String ? (String) value : null;
  }
}
