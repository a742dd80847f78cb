package dev.weft.instrumentation.helidon;

import dev.weft.testkit.InboundServer;
import dev.weft.testkit.InboundTlsContract;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/**
 * Of a server of HTTP/1.1 only: with more to choose from, Helidon waits for the next byte first.
 */
@EnabledForJreRange(min = JRE.JAVA_21)
final class HelidonTlsContractTest extends InboundTlsContract {

  @Override
  protected InboundServer newServer() {
    return HelidonServer.ofHttp1();
  }

  /** It waits for the client to do so. */
  @Override
  protected boolean closesWhenAsked() {
    return false;
  }
}
