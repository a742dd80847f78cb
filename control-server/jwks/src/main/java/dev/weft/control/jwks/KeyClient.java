package dev.weft.control.jwks;

import static java.util.Objects.requireNonNull;

import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.Endpoint;
import com.linecorp.armeria.client.ResponseTimeoutException;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.ContentTooLargeException;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.SessionProtocol;
import com.nimbusds.jose.util.JSONObjectUtils;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.text.ParseException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletionException;

/**
 * Fetches one key set. A name is looked up once, its addresses are checked, and the connection goes
 * to one that was checked: a second answer of DNS changes nothing. Redirects are refused. Waits;
 * thread-safe.
 */
final class KeyClient implements AutoCloseable {

  static final String DISCOVERY = "/.well-known/openid-configuration";

  /** Real key sets have a few kilobytes. */
  static final int MAX_BYTES = 512 * 1024;

  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private final AddressRules rules;
  private final Lookup lookup;
  private final ClientFactory factory;
  private final Duration timeout;

  KeyClient(AddressRules rules, Lookup lookup) {
    this(rules, lookup, ClientFactory.builder().connectTimeout(TIMEOUT).build(), TIMEOUT);
  }

  KeyClient(AddressRules rules, Lookup lookup, ClientFactory factory, Duration timeout) {
    this.rules = requireNonNull(rules, "rules");
    this.lookup = requireNonNull(lookup, "lookup");
    this.factory = requireNonNull(factory, "factory");
    this.timeout = requireNonNull(timeout, "timeout");
  }

  /**
   * The public keys that {@code uri} has or, when it is a discovery document, leads to.
   *
   * @throws FetchException when there are none to be had
   */
  String fetch(String uri) throws FetchException {
    if (!uri.endsWith(DISCOVERY)) {
      return keys(get(uri));
    }
    String document = get(uri);
    String keysUri;
    try {
      keysUri = JSONObjectUtils.getString(JSONObjectUtils.parse(document), "jwks_uri");
    } catch (ParseException e) {
      keysUri = null;
    }
    if (keysUri == null) {
      throw new FetchException("no jwks_uri in it (expected: an OpenID discovery document)");
    }
    try {
      return keys(get(keysUri));
    } catch (FetchException e) {
      throw new FetchException("its jwks_uri " + keysUri + ": " + e.getMessage());
    }
  }

  private static String keys(String text) throws FetchException {
    try {
      return KeySets.publicKeys(text);
    } catch (ParseException e) {
      throw new FetchException(String.valueOf(e.getMessage()));
    }
  }

  private String get(String text) throws FetchException {
    URI uri = uri(text);
    boolean secure = uri.getScheme().toLowerCase(Locale.ROOT).equals("https");
    String host = uri.getHost();
    int port = uri.getPort() < 0 ? (secure ? 443 : 80) : uri.getPort();
    String name = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    InetAddress address = address(name);
    Endpoint endpoint = Endpoint.of(name, port);
    WebClient client =
        WebClient.builder(
                secure ? SessionProtocol.HTTPS : SessionProtocol.H1C,
                endpoint.hasIpAddr() ? endpoint : endpoint.withInetAddress(address))
            .factory(factory)
            .responseTimeout(timeout)
            .writeTimeout(timeout)
            .maxResponseLength(MAX_BYTES)
            .build();
    String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
    String target = uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery();
    try {
      return body(
          client
              .execute(
                  RequestHeaders.of(
                      HttpMethod.GET,
                      target,
                      HttpHeaderNames.ACCEPT,
                      "application/jwk-set+json, application/json"))
              .aggregate()
              .join());
    } catch (CompletionException e) {
      throw new FetchException(reason(e));
    }
  }

  private static String body(AggregatedHttpResponse response) throws FetchException {
    if (response.status().equals(HttpStatus.OK)) {
      return response.contentUtf8();
    }
    String location = response.headers().get(HttpHeaderNames.LOCATION);
    throw new FetchException(
        "answers "
            + response.status().code()
            + (location == null ? " (expected: 200)" : " to " + location)
            + (location == null ? "" : " (expected: 200; redirects are not followed)"));
  }

  private static URI uri(String text) throws FetchException {
    try {
      URI uri = new URI(text);
      String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
      if ((scheme.equals("https") || scheme.equals("http"))
          && uri.getHost() != null
          && uri.getRawUserInfo() == null) {
        return uri;
      }
    } catch (URISyntaxException e) {
      // Said below, with what was expected.
    }
    throw new FetchException("not an address to fetch from (expected: https://host/path)");
  }

  private InetAddress address(String host) throws FetchException {
    InetAddress[] all;
    try {
      all = lookup.addresses(host);
    } catch (UnknownHostException e) {
      throw new FetchException("unknown host " + host);
    }
    for (InetAddress address : all) {
      if (rules.mayFetchFrom(address)) {
        return address;
      }
    }
    throw new FetchException(
        host
            + " is not a public address"
            + (all.length == 0 ? "" : " (" + all[0].getHostAddress() + ")")
            + "; it is not asked (hint: weft.jwksAllowedCidrs in the mesh configuration)");
  }

  private static String reason(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
      if (root instanceof ContentTooLargeException) {
        return "more than " + MAX_BYTES + " bytes";
      }
      if (root instanceof ResponseTimeoutException) {
        return "no answer in time";
      }
    }
    String message = String.valueOf(root.getMessage());
    return message.toLowerCase(Locale.ROOT).contains("connection refused")
        ? "connection refused"
        : root.getClass().getSimpleName() + ": " + message;
  }

  @Override
  public void close() {
    factory.close();
  }
}
