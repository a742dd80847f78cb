package dev.weft.engine;

import dev.weft.outbound.OutboundRequest;
import dev.weft.outbound.OutboundResponse;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A request made by hand. */
final class TestRequest extends OutboundRequest {

  private final Map<String, String> headers = new TreeMap<>();
  private String method;
  private String scheme = "http";
  private String authority = "reviews:9080";
  private int port = 9080;
  private final String path;
  private String failing = "";
  boolean replayable = true;
  int replayableAsked;

  private TestRequest(String method, String path) {
    this.method = method;
    this.path = path;
  }

  static TestRequest get(String path) {
    return new TestRequest("GET", path);
  }

  static TestRequest post(String path) {
    return new TestRequest("POST", path);
  }

  static TestRequest grpc(String path) {
    return post(path).with("content-type", "application/grpc");
  }

  TestRequest method(String method) {
    this.method = method;
    return this;
  }

  TestRequest with(String name, String value) {
    headers.put(name, value);
    return this;
  }

  /** Reading this header throws. */
  TestRequest failingOn(String name) {
    failing = name;
    return this;
  }

  TestRequest to(String scheme, String authority, int port) {
    this.scheme = scheme;
    this.authority = authority;
    this.port = port;
    return this;
  }

  TestRequest once() {
    replayable = false;
    return this;
  }

  @Override
  public String method() {
    return method;
  }

  @Override
  public String scheme() {
    return scheme;
  }

  @Override
  public String authority() {
    return authority;
  }

  @Override
  public int port() {
    return port;
  }

  @Override
  public String path() {
    return path;
  }

  @Override
  public @Nullable String header(String name) {
    if (name.equals(failing)) {
      throw new IllegalStateException("this view is broken");
    }
    return headers.get(name);
  }

  @Override
  public boolean isReplayable() {
    replayableAsked++;
    return replayable;
  }

  /** A response with headers {@code name, value, ...}. */
  static OutboundResponse response(int status, String... headers) {
    return new OutboundResponse() {
      @Override
      public int status() {
        return status;
      }

      @Override
      public @Nullable String header(String name) {
        for (int i = 0; i < headers.length; i += 2) {
          if (headers[i].equals(name)) {
            return headers[i + 1];
          }
        }
        return null;
      }
    };
  }
}
