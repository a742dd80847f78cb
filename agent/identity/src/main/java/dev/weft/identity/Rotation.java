package dev.weft.identity;

import static java.util.Objects.requireNonNull;

import dev.weft.engine.RandomSource;
import dev.weft.identity.CertificateSource.Issued;
import dev.weft.identity.CertificateSource.Refused;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the certificate young: the first one at the start, a new one with a new key at half the
 * life of the last. What fails is tried again, sooner the less life is left; until then the old one
 * is used. All steps run on the timer's thread; what is asked from outside is volatile.
 */
public final class Rotation {

  private static final long FIRST_RETRY_MILLIS = 500;
  private static final long MAX_RETRY_MILLIS = 30_000;

  /** A refusal does not pass by itself: waits at least this long. */
  private static final long REFUSED_MILLIS = 30_000;

  /** Looks at the clock at least as often: it may have been set, or the machine have slept. */
  private static final long MAX_STEP_MILLIS = 60_000;

  private static final long ANSWER_MILLIS = 15_000;

  private final Timer timer;
  private final RandomSource random;
  private final CertificateSource source;
  private final WorkloadIdentity identity;
  private final Consumer<String> log;
  private final CompletableFuture<Void> firstAnswer = new CompletableFuture<>();

  /** Below: on the timer's thread only. */
  /** For the next certificate. The same for every try: a token that counts its uses counts one. */
  private @Nullable OwnKey next;

  private int failures;

  private int asked;
  private int steps;
  private boolean asking;
  private boolean expiryTold;
  private String told = "";

  private volatile long nextMillis;
  private final AtomicLong renewals = new AtomicLong();
  private final AtomicLong failedRenewals = new AtomicLong();
  private volatile String lastError = "";

  public Rotation(
      Timer timer,
      RandomSource random,
      CertificateSource source,
      WorkloadIdentity identity,
      Consumer<String> log) {
    this.timer = requireNonNull(timer, "timer");
    this.random = requireNonNull(random, "random");
    this.source = requireNonNull(source, "source");
    this.identity = requireNonNull(identity, "identity");
    this.log = requireNonNull(log, "log");
  }

  /** Asks for the first certificate, and from then on for the next. To be called once. */
  public void start() {
    identity.onChange(() -> timer.schedule(this::onChange, 0));
    timer.schedule(this::step, 0);
  }

  /** Ends when the first request was answered, whatever the answer; never fails. */
  public CompletionStage<Void> firstAnswer() {
    return firstAnswer;
  }

  /** When the next request is due, in milliseconds since 1970; 0 while one is under way. */
  public long nextMillis() {
    return nextMillis;
  }

  /** Certificates received, the first included. */
  public long renewals() {
    return renewals.get();
  }

  public long failedRenewals() {
    return failedRenewals.get();
  }

  /** Why the last request failed; empty where it did not. */
  public String lastError() {
    return lastError;
  }

  private void step() {
    long now = timer.millis();
    tellExpiry(now);
    if (asking) {
      return;
    }
    long left = nextMillis - now;
    if (left > 0) {
      int mine = ++steps;
      timer.schedule(
          () -> {
            // Another step was planned since, or taken.
            if (mine == steps) {
              step();
            }
          },
          Math.min(left, MAX_STEP_MILLIS));
    } else {
      ask();
    }
  }

  private void ask() {
    asking = true;
    nextMillis = 0;
    int number = ++asked;
    CompletionStage<Issued> answer;
    OwnKey key;
    try {
      key = next == null ? OwnKey.generate() : next;
      next = key;
      answer = source.sign(key.certificateRequest());
    } catch (GeneralSecurityException | RuntimeException e) {
      failed(number, e);
      return;
    }
    answer.whenComplete(
        (issued, failure) ->
            timer.schedule(
                () -> {
                  if (failure != null) {
                    failed(number, failure);
                  } else {
                    issued(number, key, issued);
                  }
                },
                0));
    timer.schedule(
        () ->
            failed(number, new IllegalStateException("no answer within " + ANSWER_MILLIS + " ms")),
        ANSWER_MILLIS);
  }

  private void issued(int number, OwnKey key, Issued issued) {
    if (!asking || number != asked) {
      return;
    }
    Credential own;
    try {
      List<X509Certificate> all = WorkloadIdentity.certificates(issued.certificates);
      int chain = 1;
      while (chain < all.size() && !isRoot(all.get(chain))) {
        chain++;
      }
      own = Credential.of(key, all.subList(0, chain));
      identity.accept(own, all.subList(chain, all.size()));
    } catch (GeneralSecurityException | RuntimeException e) {
      failed(number, e);
      return;
    }
    asking = false;
    next = null;
    failures = 0;
    expiryTold = false;
    lastError = "";
    renewals.incrementAndGet();
    if (!told.isEmpty()) {
      told = "";
      log.accept("certificate of " + own.id + " is there");
    }
    long now = timer.millis();
    long left = Math.max(0, own.notAfter() - now);
    nextMillis = now + left / 2 + jitter(left);
    firstAnswer.complete(null);
    step();
  }

  private static boolean isRoot(X509Certificate certificate) {
    return certificate.getIssuerX500Principal().equals(certificate.getSubjectX500Principal());
  }

  /** One to five per cent, to either side: a thousand agents of one minute do not renew in one. */
  private long jitter(long left) {
    long percents = left / 100;
    long size = percents + (percents == 0 ? 0 : random.nextLong(4 * percents + 1));
    return random.nextLong(2) == 0 ? size : -size;
  }

  private void failed(int number, Throwable failure) {
    if (!asking || number != asked) {
      return;
    }
    asking = false;
    failedRenewals.incrementAndGet();
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    String reason = String.valueOf(cause.getMessage());
    lastError = reason;
    boolean refused = cause instanceof Refused;
    if (!reason.equals(told)) {
      told = reason;
      log.accept(
          (refused ? "no certificate: the control server refuses: " : "no certificate yet: ")
              + reason
              + "; the application runs, trying on");
    }
    long now = timer.millis();
    nextMillis = now + wait(refused, now);
    firstAnswer.complete(null);
    step();
  }

  private long wait(boolean refused, long now) {
    long bound = Math.min(MAX_RETRY_MILLIS, FIRST_RETRY_MILLIS << Math.min(failures, 10));
    failures++;
    long wait =
        refused ? REFUSED_MILLIS + random.nextLong(REFUSED_MILLIS) : random.nextLong(bound) + 1;
    Credential own = identity.state().own;
    long left = own == null ? 0 : own.notAfter() - now;
    return left > 0 ? Math.min(wait, Math.max(left / 2, FIRST_RETRY_MILLIS)) : wait;
  }

  private void tellExpiry(long now) {
    Credential own = identity.state().own;
    if (own != null && own.isExpired(now) && !expiryTold) {
      expiryTold = true;
      log.accept(
          "certificate of "
              + own.id
              + " expired at "
              + CertificateTime.text(own.notAfter())
              + ": mutual TLS fails until there is a new one");
      identity.changed();
    }
  }

  /** A certificate whose root was taken out of the bundle is of no use, however young. */
  private void onChange() {
    if (!asking && failures == 0 && renewals.get() > 0 && !identity.isTrustedByOwnRoots()) {
      nextMillis = timer.millis();
      step();
    }
  }
}
