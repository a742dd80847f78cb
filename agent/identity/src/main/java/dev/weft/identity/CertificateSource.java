package dev.weft.identity;

import java.util.List;
import java.util.concurrent.CompletionStage;

/** Where certificates come from. */
public interface CertificateSource {

  /**
   * Asks for a certificate; returns at once. The stage ends with what was issued, or fails: with
   * {@link Refused} where asking again at once is of no use, with anything else where it may be.
   *
   * @param request PKCS #10 in PEM
   */
  CompletionStage<Issued> sign(String request);

  /** A certificate and whom to trust from now on. Immutable. */
  final class Issued {
    /** In PEM: ours first, then what leads to a root, then all roots of the mesh. */
    public final List<String> certificates;

    public Issued(List<String> certificates) {
      this.certificates = certificates;
    }
  }

  /** The control server will not give us a certificate. */
  final class Refused extends Exception {
    private static final long serialVersionUID = 1;

    /**
     * @param message why, as the server says
     */
    public Refused(String message) {
      super(message);
    }
  }
}
