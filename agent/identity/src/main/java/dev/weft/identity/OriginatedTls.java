package dev.weft.identity;

import dev.weft.model.Upstream;
import dev.weft.transport.TransportSecurity.ClientTls;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Paths;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * TLS to servers outside of the mesh, as a DestinationRule's SIMPLE and MUTUAL say, with
 * certificates from files. A file that changes makes a new context for the connections to come.
 * Thread-safe.
 */
final class OriginatedTls {

  private static final int MAX_CONTEXTS = 200;

  private final LongSupplier millis;
  private final Consumer<String> tellOnce;
  private final ConcurrentHashMap<Upstream, Made> made = new ConcurrentHashMap<>();

  /**
   * @param tellOnce takes lines for the operator, and the same line often
   */
  OriginatedTls(LongSupplier millis, Consumer<String> tellOnce) {
    this.millis = millis;
    this.tellOnce = tellOnce;
  }

  private static final class Made {
    final String files;
    final Client client;

    Made(String files, Client client) {
      this.files = files;
      this.client = client;
    }
  }

  /** Null where a file is missing or wrong, which is told: the connect is then refused. */
  @Nullable ClientTls client(Upstream upstream) {
    String files =
        stamp(upstream.caCertificates())
            + stamp(upstream.clientCertificate())
            + stamp(upstream.privateKey());
    Made known = made.get(upstream);
    if (known != null && known.files.equals(files)) {
      return known.client;
    }
    try {
      Client client = make(upstream);
      if (made.size() >= MAX_CONTEXTS) {
        made.clear();
      }
      made.put(upstream, new Made(files, client));
      return client;
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      tellOnce.accept(
          "tls "
              + upstream.tlsMode()
              + " of "
              + upstream.service()
              + ": "
              + e.getMessage()
              + "; connections to it are refused");
      return null;
    }
  }

  private static String stamp(String path) {
    if (path.isEmpty()) {
      return "|";
    }
    File file = new File(path);
    return file.lastModified() + ":" + file.length() + "|";
  }

  private Client make(Upstream upstream) throws IOException, GeneralSecurityException {
    X509TrustManager authorities =
        upstream.insecureSkipVerify() ? null : authorities(upstream.caCertificates());
    Names names = new Names(upstream, millis);
    SSLContext context =
        Contexts.of(
            own(upstream),
            (chain, role, peerHost) -> {
              if (authorities != null) {
                // Without the connection: with it, the JDK might look for the synthetic name.
                authorities.checkServerTrusted(chain, "UNKNOWN");
              }
              names.check(chain);
            });
    return new Client(context, names, ServerNames.of(upstream));
  }

  private static @Nullable OwnKeyManager own(Upstream upstream)
      throws IOException, GeneralSecurityException {
    if (upstream.tlsMode() != Upstream.TlsMode.MUTUAL) {
      return null;
    }
    String certificates = read("clientCertificate", upstream.clientCertificate());
    String key = read("privateKey", upstream.privateKey());
    try {
      return new OwnKeyManager(
          Pem.privateKey(key), Pem.certificates(certificates).toArray(new X509Certificate[0]));
    } catch (GeneralSecurityException e) {
      throw new GeneralSecurityException(
          upstream.clientCertificate() + ", " + upstream.privateKey() + ": " + e.getMessage(), e);
    }
  }

  /** Of a PEM file, or of the JVM where {@code path} is empty. */
  private static X509TrustManager authorities(String path)
      throws IOException, GeneralSecurityException {
    KeyStore store = null;
    if (!path.isEmpty()) {
      store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      List<X509Certificate> roots;
      try {
        roots = Pem.certificates(read("caCertificates", path));
      } catch (CertificateException e) {
        throw new CertificateException("caCertificates: " + path + ": " + e.getMessage(), e);
      }
      for (X509Certificate root : roots) {
        store.setCertificateEntry("root-" + store.size(), root);
      }
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    for (TrustManager manager : factory.getTrustManagers()) {
      if (manager instanceof X509TrustManager) {
        return (X509TrustManager) manager;
      }
    }
    throw new GeneralSecurityException("this JVM has no X.509 trust manager");
  }

  private static String read(String field, String path) throws IOException {
    if (path.isEmpty()) {
      throw new IOException(field + ": none (expected: a PEM file)");
    }
    try {
      return new String(Files.readAllBytes(Paths.get(path)), StandardCharsets.US_ASCII);
    } catch (IOException | RuntimeException e) {
      throw new IOException(field + ": " + path + " cannot be read (" + e + ")", e);
    }
  }

  /** What is looked at in every session, resumed ones as well. */
  private static final class Names {
    private final Upstream upstream;
    private final LongSupplier millis;

    Names(Upstream upstream, LongSupplier millis) {
      this.upstream = upstream;
      this.millis = millis;
    }

    void check(Certificate[] chain) throws CertificateException {
      if (upstream.insecureSkipVerify()) {
        return;
      }
      X509Certificate own = (X509Certificate) chain[0];
      own.checkValidity(CertificateTime.date(millis.getAsLong()));
      ServerNames.check(own, upstream.subjectAltNames(), ServerNames.host(upstream));
    }
  }

  private static final class Client implements ClientTls {
    private final SSLContext context;
    private final Names names;
    private final @Nullable String serverName;

    Client(SSLContext context, Names names, @Nullable String serverName) {
      this.context = context;
      this.names = names;
      this.serverName = serverName;
    }

    @Override
    public SSLContext context() {
      return context;
    }

    @Override
    public @Nullable String serverName() {
      return serverName;
    }

    @Override
    public void verify(SSLSession session) throws SSLPeerUnverifiedException {
      try {
        names.check(session.getPeerCertificates());
      } catch (CertificateException e) {
        session.invalidate();
        throw MeshTransport.unverified(e);
      }
    }
  }
}
