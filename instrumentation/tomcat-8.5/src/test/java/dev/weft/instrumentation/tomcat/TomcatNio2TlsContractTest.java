package dev.weft.instrumentation.tomcat;

import dev.weft.testkit.InboundServer;
import dev.weft.testkit.InboundTlsContract;

final class TomcatNio2TlsContractTest extends InboundTlsContract {

  @Override
  protected InboundServer newServer() throws Exception {
    EmbeddedTomcat server = new EmbeddedTomcat(EmbeddedTomcat.NIO2);
    return speaksHttp2() ? server.withHttp2() : server;
  }

  @Override
  protected InboundServer newImpatientServer() throws Exception {
    return new EmbeddedTomcat(EmbeddedTomcat.NIO2).impatient();
  }

  @Override
  protected boolean speaksHttp2() {
    return EmbeddedTomcat.takesHttp2Preface();
  }

  /** It goes through its adapter with a request line that it could not read. */
  @Override
  protected boolean mayShowWhatItRefuses() {
    return true;
  }
}
