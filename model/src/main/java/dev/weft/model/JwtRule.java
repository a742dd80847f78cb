package dev.weft.model;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One rule of a RequestAuthentication. */
public final class JwtRule {

  private final String source;
  private final String issuer;
  private final List<String> audiences;
  private final String jwks;
  private final String jwksUri;
  private final List<JwtHeader> fromHeaders;
  private final List<String> fromParams;
  private final List<String> fromCookies;
  private final boolean forwardOriginalToken;
  private final String outputPayloadToHeader;
  private final Map<String, String> outputClaimToHeaders;
  private final List<String> spaceDelimitedClaims;

  private JwtRule(Builder builder) {
    this.source = requireNonNull(builder.source, "source");
    this.issuer = requireNonNull(builder.issuer, "issuer");
    this.audiences = Copies.list(builder.audiences);
    this.jwks = requireNonNull(builder.jwks, "jwks");
    this.jwksUri = requireNonNull(builder.jwksUri, "jwksUri");
    this.fromHeaders = Copies.list(builder.fromHeaders);
    this.fromParams = Copies.list(builder.fromParams);
    this.fromCookies = Copies.list(builder.fromCookies);
    this.forwardOriginalToken = builder.forwardOriginalToken;
    this.outputPayloadToHeader =
        requireNonNull(builder.outputPayloadToHeader, "outputPayloadToHeader");
    this.outputClaimToHeaders = Copies.map(builder.outputClaimToHeaders);
    this.spaceDelimitedClaims = Copies.list(builder.spaceDelimitedClaims);
  }

  public static Builder builder() {
    return new Builder();
  }

  /** A builder that starts from this value. */
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.source = source;
    builder.issuer = issuer;
    builder.audiences = audiences;
    builder.jwks = jwks;
    builder.jwksUri = jwksUri;
    builder.fromHeaders = fromHeaders;
    builder.fromParams = fromParams;
    builder.fromCookies = fromCookies;
    builder.forwardOriginalToken = forwardOriginalToken;
    builder.outputPayloadToHeader = outputPayloadToHeader;
    builder.outputClaimToHeaders = outputClaimToHeaders;
    builder.spaceDelimitedClaims = spaceDelimitedClaims;
    return builder;
  }

  /** {@code namespace/name}. */
  public String source() {
    return source;
  }

  public String issuer() {
    return issuer;
  }

  /** One of them must be in the token; empty for any. */
  public List<String> audiences() {
    return audiences;
  }

  /**
   * A JSON Web Key Set; empty where the control server could not get it yet, and then no token is
   * valid.
   */
  public String jwks() {
    return jwks;
  }

  /** Where {@link #jwks()} came from; empty when it was given. */
  public String jwksUri() {
    return jwksUri;
  }

  /**
   * Where tokens are; if this and the other two are empty: {@code Authorization: Bearer} and the
   * query parameter {@code access_token}.
   */
  public List<JwtHeader> fromHeaders() {
    return fromHeaders;
  }

  /** Query parameters. */
  public List<String> fromParams() {
    return fromParams;
  }

  /** Cookies. */
  public List<String> fromCookies() {
    return fromCookies;
  }

  /** Whether the application sees the token. */
  public boolean forwardOriginalToken() {
    return forwardOriginalToken;
  }

  /** Header that gets the payload in base64url; empty for none. */
  public String outputPayloadToHeader() {
    return outputPayloadToHeader;
  }

  /** Header to claim; the application sees the claim there and nothing that the client wrote. */
  public Map<String, String> outputClaimToHeaders() {
    return outputClaimToHeaders;
  }

  /** Claims that are lists, beside {@code scope} and {@code permission}. */
  public List<String> spaceDelimitedClaims() {
    return spaceDelimitedClaims;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    if (this == other) {
      return true;
    }
    if (!(other instanceof JwtRule)) {
      return false;
    }
    JwtRule that = (JwtRule) other;
    return Objects.equals(source, that.source)
        && Objects.equals(issuer, that.issuer)
        && Objects.equals(audiences, that.audiences)
        && Objects.equals(jwks, that.jwks)
        && Objects.equals(jwksUri, that.jwksUri)
        && Objects.equals(fromHeaders, that.fromHeaders)
        && Objects.equals(fromParams, that.fromParams)
        && Objects.equals(fromCookies, that.fromCookies)
        && forwardOriginalToken == that.forwardOriginalToken
        && Objects.equals(outputPayloadToHeader, that.outputPayloadToHeader)
        && Objects.equals(outputClaimToHeaders, that.outputClaimToHeaders)
        && Objects.equals(spaceDelimitedClaims, that.spaceDelimitedClaims);
  }

  @Override
  public int hashCode() {
    return Objects.hash(
        source,
        issuer,
        audiences,
        jwks,
        jwksUri,
        fromHeaders,
        fromParams,
        fromCookies,
        forwardOriginalToken,
        outputPayloadToHeader,
        outputClaimToHeaders,
        spaceDelimitedClaims);
  }

  @Override
  public String toString() {
    return "JwtRule{source="
        + source
        + ", issuer="
        + issuer
        + ", audiences="
        + audiences
        + ", jwks="
        + jwks
        + ", jwksUri="
        + jwksUri
        + ", fromHeaders="
        + fromHeaders
        + ", fromParams="
        + fromParams
        + ", fromCookies="
        + fromCookies
        + ", forwardOriginalToken="
        + forwardOriginalToken
        + ", outputPayloadToHeader="
        + outputPayloadToHeader
        + ", outputClaimToHeaders="
        + outputClaimToHeaders
        + ", spaceDelimitedClaims="
        + spaceDelimitedClaims
        + "}";
  }

  /** Builds {@link JwtRule}; fields that are not set keep their documented default. */
  public static final class Builder {
    private String source = "";
    private String issuer = "";
    private List<String> audiences = Copies.noList();
    private String jwks = "";
    private String jwksUri = "";
    private List<JwtHeader> fromHeaders = Copies.noList();
    private List<String> fromParams = Copies.noList();
    private List<String> fromCookies = Copies.noList();
    private boolean forwardOriginalToken;
    private String outputPayloadToHeader = "";
    private Map<String, String> outputClaimToHeaders = Copies.noMap();
    private List<String> spaceDelimitedClaims = Copies.noList();

    private Builder() {}

    public Builder source(String source) {
      this.source = source;
      return this;
    }

    public Builder issuer(String issuer) {
      this.issuer = issuer;
      return this;
    }

    public Builder audiences(List<String> audiences) {
      this.audiences = audiences;
      return this;
    }

    public Builder jwks(String jwks) {
      this.jwks = jwks;
      return this;
    }

    public Builder jwksUri(String jwksUri) {
      this.jwksUri = jwksUri;
      return this;
    }

    public Builder fromHeaders(List<JwtHeader> fromHeaders) {
      this.fromHeaders = fromHeaders;
      return this;
    }

    public Builder fromParams(List<String> fromParams) {
      this.fromParams = fromParams;
      return this;
    }

    public Builder fromCookies(List<String> fromCookies) {
      this.fromCookies = fromCookies;
      return this;
    }

    public Builder forwardOriginalToken(boolean forwardOriginalToken) {
      this.forwardOriginalToken = forwardOriginalToken;
      return this;
    }

    public Builder outputPayloadToHeader(String outputPayloadToHeader) {
      this.outputPayloadToHeader = outputPayloadToHeader;
      return this;
    }

    public Builder outputClaimToHeaders(Map<String, String> outputClaimToHeaders) {
      this.outputClaimToHeaders = outputClaimToHeaders;
      return this;
    }

    public Builder spaceDelimitedClaims(List<String> spaceDelimitedClaims) {
      this.spaceDelimitedClaims = spaceDelimitedClaims;
      return this;
    }

    public JwtRule build() {
      return new JwtRule(this);
    }
  }
}
