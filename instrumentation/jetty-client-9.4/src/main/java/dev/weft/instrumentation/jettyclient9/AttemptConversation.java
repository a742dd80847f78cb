package dev.weft.instrumentation.jettyclient9;

import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.eclipse.jetty.client.HttpConversation;
import org.eclipse.jetty.client.HttpExchange;
import org.eclipse.jetty.client.api.Response.ResponseListener;
import org.jspecify.annotations.Nullable;

/**
 * Whom the library tells of the response to an attempt: the attempt alone, and once it is delivered
 * those whom it would tell without the mesh. That is either the application or the handler of the
 * library for such a response (of redirects, of authentication), which it looks for first.
 */
final class AttemptConversation extends HttpConversation {

  private static final int CONTINUE = 100;

  private volatile List<ResponseListener> listeners = Collections.emptyList();
  private volatile @Nullable ResponseListener handler;

  @Override
  public List<ResponseListener> getResponseListeners() {
    return listeners;
  }

  @Override
  public void updateResponseListeners(@Nullable ResponseListener override) {
    HttpExchange exchange = getExchanges().getLast();
    if (override != null && exchange.getResponse().getStatus() == CONTINUE) {
      // Between the library and itself: the response is yet to come.
      listeners = Collections.singletonList(override);
    } else {
      handler = override;
      listeners = new Growing(exchange.getResponseListeners());
    }
  }

  /** What the library has found for this response; null for the application itself. */
  @Nullable ResponseListener handler() {
    return handler;
  }

  /** The library, which is just telling the attempt of the head, goes on with {@code more}. */
  void add(List<ResponseListener> more) {
    List<ResponseListener> growing = listeners;
    if (growing instanceof Growing) {
      ((Growing) growing).more = more;
    }
  }

  /** The library, which is just telling the attempt of the end, stops there. */
  List<ResponseListener> takeAdded() {
    List<ResponseListener> growing = listeners;
    if (!(growing instanceof Growing)) {
      return Collections.emptyList();
    }
    List<ResponseListener> taken = ((Growing) growing).more;
    ((Growing) growing).more = Collections.emptyList();
    return taken;
  }

  /** The library goes through it while it grows. */
  private static final class Growing extends AbstractList<ResponseListener> {
    private final List<ResponseListener> first;
    private volatile List<ResponseListener> more = Collections.emptyList();

    Growing(List<ResponseListener> first) {
      this.first = new ArrayList<>(first);
    }

    @Override
    public ResponseListener get(int index) {
      return index < first.size() ? first.get(index) : more.get(index - first.size());
    }

    @Override
    public int size() {
      return first.size() + more.size();
    }
  }
}
