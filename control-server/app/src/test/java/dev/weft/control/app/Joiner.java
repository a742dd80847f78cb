package dev.weft.control.app;

import dev.weft.wire.proto.CertificateAuthority.IstioCertificateRequest;
import dev.weft.wire.proto.IstioCertificateServiceGrpc;
import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.TlsChannelCredentials;
import io.grpc.stub.MetadataUtils;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.jspecify.annotations.Nullable;

/** A workload that asks for its certificate, as an agent does. */
final class Joiner {

  private final int port;
  private final String roots;
  final KeyPair keys;

  /**
   * @param roots PEM; empty: talk plaintext
   */
  Joiner(int port, String roots) throws Exception {
    this(port, roots, ecKeys());
  }

  Joiner(int port, String roots, KeyPair keys) {
    this.port = port;
    this.roots = roots;
    this.keys = keys;
  }

  static KeyPair ecKeys() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair();
  }

  /** What the server gave: the workload's certificate first. */
  record Joined(List<String> pems, List<X509Certificate> chain, KeyPair keys) {
    X509Certificate own() {
      return chain.get(0);
    }

    String identity() throws Exception {
      return String.valueOf(own().getSubjectAlternativeNames().iterator().next().get(1));
    }
  }

  Joined byToken(String token) throws Exception {
    return ask(token, null, 0);
  }

  Joined byToken(String token, long seconds) throws Exception {
    return ask(token, null, seconds);
  }

  Joined byCertificate(Joined before) throws Exception {
    return ask(null, before, 0);
  }

  private Joined ask(@Nullable String token, @Nullable Joined before, long seconds)
      throws Exception {
    ManagedChannel channel =
        Grpc.newChannelBuilderForAddress("127.0.0.1", port, credentials(before)).build();
    try {
      var stub =
          IstioCertificateServiceGrpc.newBlockingStub(channel)
              .withDeadlineAfter(20, TimeUnit.SECONDS);
      if (token != null) {
        Metadata headers = new Metadata();
        headers.put(
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + token);
        stub = stub.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
      }
      List<String> pems =
          stub.createCertificate(
                  IstioCertificateRequest.newBuilder()
                      .setCsr(csr(keys))
                      .setValidityDuration(seconds)
                      .build())
              .getCertChainList();
      List<X509Certificate> chain = new ArrayList<>();
      for (String pem : pems) {
        chain.add(certificate(pem));
      }
      return new Joined(List.copyOf(pems), chain, keys);
    } finally {
      channel.shutdownNow();
    }
  }

  private ChannelCredentials credentials(@Nullable Joined before) throws Exception {
    if (roots.isEmpty()) {
      return InsecureChannelCredentials.create();
    }
    TlsChannelCredentials.Builder tls =
        TlsChannelCredentials.newBuilder().trustManager(stream(roots));
    if (before != null) {
      tls.keyManager(
          stream(before.pems().get(0)),
          stream(pem("PRIVATE KEY", before.keys().getPrivate().getEncoded())));
    }
    return tls.build();
  }

  static X509Certificate certificate(String pem) throws Exception {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509").generateCertificate(stream(pem));
  }

  /** With names that are not the sender's to give. */
  static String csr(KeyPair keys) throws Exception {
    String algorithm =
        keys.getPrivate().getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA";
    return pem(
        "CERTIFICATE REQUEST",
        new JcaPKCS10CertificationRequestBuilder(
                new X500Principal("CN=spiffe://cluster.local/ns/weft-system/sa/weft-control"),
                keys.getPublic())
            .build(new JcaContentSignerBuilder(algorithm).build(keys.getPrivate()))
            .getEncoded());
  }

  static String pem(String what, byte[] der) {
    return "-----BEGIN "
        + what
        + "-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
        + "\n-----END "
        + what
        + "-----\n";
  }

  private static ByteArrayInputStream stream(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII));
  }
}
