package dev.weft.testkit;

import dev.weft.outbound.BlockingDriver;
import java.util.Map;

/** The contract and the blocking driver, played against each other through a tiny client. */
class BlockingDriverContractTest extends OutboundContract {

  @Override
  protected TestClient newClient() {
    PlainExchange.Pool pool = new PlainExchange.Pool();
    return request -> {
      PlainExchange exchange = new PlainExchange(pool, request);
      return BlockingDriver.run(exchange.request(), exchange);
    };
  }

  @Override
  protected Map<Limit, String> limits() {
    return Map.of(Limit.NO_REDIRECTS, "the client is too small to follow one");
  }
}
