package dev.weft.instrumentation.apachehttpasyncclient4;

import java.io.IOException;
import org.apache.http.nio.ContentEncoder;
import org.apache.http.nio.IOControl;
import org.apache.http.nio.client.methods.ZeroCopyPost;
import org.apache.http.nio.client.methods.ZeroCopyPut;
import org.apache.http.nio.protocol.HttpAsyncClientExchangeHandler;
import org.apache.http.nio.protocol.HttpAsyncRequestProducer;

/**
 * The body of a request: each attempt gets it from its beginning, and only the last one takes of
 * it. Thread-safe.
 */
final class RequestBody {

  private final HttpAsyncClientExchangeHandler handler;
  private final HttpAsyncRequestProducer producer;
  private boolean touched;
  private int attempts;

  RequestBody(HttpAsyncClientExchangeHandler handler, HttpAsyncRequestProducer producer) {
    this.handler = handler;
    this.producer = producer;
  }

  synchronized boolean isReplayable() {
    return !touched || (producer.isRepeatable() && !isFile());
  }

  /** The library says that these are repeatable, but its reset closes the file for good. */
  private boolean isFile() {
    return producer instanceof ZeroCopyPost || producer instanceof ZeroCopyPut;
  }

  /** The body for one more attempt; the one before cannot take more of it. */
  synchronized Turn next() {
    return new Turn(++attempts);
  }

  /** What one attempt may take. */
  final class Turn {
    private final int number;

    private Turn(int number) {
      this.number = number;
    }

    /** Before the request is written. */
    void begin() throws IOException {
      synchronized (RequestBody.this) {
        if (touched) {
          producer.resetRequest();
        }
      }
    }

    void produce(ContentEncoder encoder, IOControl control) throws IOException {
      synchronized (RequestBody.this) {
        if (number != attempts) {
          throw new IOException("the mesh gave this attempt up");
        }
        touched = true;
        handler.produceContent(encoder, control);
      }
    }
  }
}
