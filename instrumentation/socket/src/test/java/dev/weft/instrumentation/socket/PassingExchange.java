package dev.weft.instrumentation.socket;

import dev.weft.outbound.Attempt;
import dev.weft.outbound.BlockingExchange;
import dev.weft.outbound.HeaderMutations;
import dev.weft.outbound.LocalReply;
import dev.weft.outbound.OutboundRequest;
import dev.weft.outbound.OutboundResponse;
import dev.weft.outbound.ResponseEnd;
import org.jspecify.annotations.Nullable;

/** An adapter whose request passes through; what its library does then is told. */
final class PassingExchange implements BlockingExchange<String> {

  static final OutboundRequest REQUEST =
      new OutboundRequest() {
        @Override
        public String method() {
          return "GET";
        }

        @Override
        public String scheme() {
          return "https";
        }

        @Override
        public String authority() {
          return "orders.invalid";
        }

        @Override
        public int port() {
          return 443;
        }

        @Override
        public String path() {
          return "/";
        }

        @Override
        public @Nullable String header(String name) {
          return null;
        }

        @Override
        public boolean isReplayable() {
          return false;
        }
      };

  /** What the library does. */
  interface Library {
    void send() throws Exception;
  }

  private final Library library;

  PassingExchange(Library library) {
    this.library = library;
  }

  @Override
  public String passThrough() throws Exception {
    library.send();
    return "sent";
  }

  @Override
  public String send(Attempt attempt) {
    throw new IllegalStateException("sent by an attempt");
  }

  @Override
  public OutboundResponse view(String response) {
    return new OutboundResponse() {
      @Override
      public int status() {
        return 200;
      }

      @Override
      public @Nullable String header(String name) {
        return null;
      }
    };
  }

  @Override
  public void discard(String response) {}

  @Override
  public String reply(LocalReply reply) {
    throw new IllegalStateException("replied");
  }

  @Override
  public String deliver(String response, HeaderMutations headers, ResponseEnd end) {
    end.completed();
    return response;
  }

  @Override
  public void abort() {}
}
