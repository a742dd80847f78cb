package dev.weft.testkit;

/**
 * A server under test with the sample application on it; made and used by {@link InboundContract}.
 *
 * <p>The application answers, where its technology can:
 *
 * <ul>
 *   <li>every request gives {@link ServerSignals} {@code called}
 *   <li>{@code /echo}: 200, header {@code x-sample: echo}, the body is the request's body after
 *       {@code echo:}
 *   <li>{@code /headers?name}: 200, the body is what the application sees in that header of the
 *       request, all values of it joined by {@code ,}; {@code none} where there is none. Where the
 *       technology has several ways to ask (by name, by listing), they are all asked, and the body
 *       is {@code differs} when they do not agree
 *   <li>{@code /status?418}: that status
 *   <li>{@code /throw}: throws an exception before anything was sent
 *   <li>{@code /error?409}: sends an error, as the technology does that
 *   <li>{@code /late?name}: leaves the server's thread, waits for signal {@code go-name}, answers
 *       202 {@code late} from another thread
 *   <li>{@code /started}: leaves the thread, gives {@code called} once more on one that the
 *       container finds, and answers
 *   <li>{@code /redispatch}: leaves the thread and is dispatched to {@code /echo}
 *   <li>{@code /timeout}: leaves the thread and never answers, with a short time limit
 *   <li>{@code /stream?name}: 200, sends {@code line\n} and flushes for each signal {@code
 *       line-name}; ends at {@code end-name}; gives {@code broke-name} when it cannot be sent
 *   <li>{@code /forward} and {@code /include}: of {@code /echo}
 * </ul>
 */
public interface InboundServer {

  /** Starts on a free port of the loopback interface and returns it. */
  int start() throws Exception;

  void stop() throws Exception;
}
