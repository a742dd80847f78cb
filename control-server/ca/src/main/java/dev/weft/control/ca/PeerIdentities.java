package dev.weft.control.ca;

import com.linecorp.armeria.server.ServiceRequestContext;
import dev.weft.control.core.WorkloadIdentity;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * Who the caller is by the certificate that it showed in the handshake; null when it showed none,
 * or none that counts. The handshake has checked the way to a root as it was then; whether the
 * certificate still holds is asked again with every request.
 */
final class PeerIdentities implements Function<ServiceRequestContext, @Nullable WorkloadIdentity> {

  private static final int URI = 6;

  private final MeshAuthority authority;
  private final InstantSource clock;

  PeerIdentities(MeshAuthority authority, InstantSource clock) {
    this.authority = authority;
    this.clock = clock;
  }

  @Override
  public @Nullable WorkloadIdentity apply(ServiceRequestContext context) {
    SSLSession session = context.sslSession();
    if (session == null) {
      return null;
    }
    try {
      List<X509Certificate> chain =
          java.util.Arrays.stream(session.getPeerCertificates())
              .map(X509Certificate.class::cast)
              .toList();
      WorkloadIdentity identity = of(chain.get(0));
      if (identity != null) {
        verify(chain);
      }
      return identity;
    } catch (SSLPeerUnverifiedException e) {
      // It showed none.
      return null;
    } catch (GeneralSecurityException e) {
      // Expired since, or its root was retired since.
      return null;
    }
  }

  private void verify(List<X509Certificate> chain) throws GeneralSecurityException {
    Set<X509Certificate> roots = authority.trusted();
    chain.get(0).checkValidity(Date.from(clock.instant()));
    List<X509Certificate> path = chain.stream().filter(each -> !roots.contains(each)).toList();
    Signer.verify(path, roots, clock.instant());
  }

  private @Nullable WorkloadIdentity of(X509Certificate certificate) {
    String found = null;
    try {
      Collection<List<?>> names = certificate.getSubjectAlternativeNames();
      for (List<?> name : names == null ? List.<List<?>>of() : names) {
        if (Integer.valueOf(URI).equals(name.get(0))) {
          if (found != null) {
            return null;
          }
          found = String.valueOf(name.get(1));
        }
      }
      WorkloadIdentity identity = found == null ? null : WorkloadIdentity.parse(found);
      return identity != null && identity.trustDomain().equals(authority.trustDomain())
          ? identity
          : null;
    } catch (CertificateParsingException | IllegalArgumentException e) {
      return null;
    }
  }
}
