package dev.weft.instrumentation.grpc;

import io.grpc.CallCredentials;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.concurrent.Executor;

/**
 * The application's credentials of one attempt, which tell whether it was they that ended it: no
 * endpoint is to blame for that, and to ask them again is the application's business.
 */
final class WatchedCredentials extends CallCredentials {

  private final CallCredentials own;
  private volatile boolean failed;

  WatchedCredentials(CallCredentials own) {
    this.own = own;
  }

  boolean haveFailed() {
    return failed;
  }

  @Override
  public void applyRequestMetadata(RequestInfo request, Executor executor, MetadataApplier to) {
    try {
      own.applyRequestMetadata(request, executor, new Watched(to));
    } catch (RuntimeException | Error e) {
      failed = true;
      throw e;
    }
  }

  @Override
  public void thisUsesUnstableApi() {}

  @Override
  public String toString() {
    return own.toString();
  }

  private final class Watched extends MetadataApplier {
    private final MetadataApplier to;

    Watched(MetadataApplier to) {
      this.to = to;
    }

    @Override
    public void apply(Metadata headers) {
      to.apply(headers);
    }

    @Override
    public void fail(Status status) {
      failed = true;
      to.fail(status);
    }
  }
}
