package dev.weft.engine.tokens;

/** Why a token is not taken; the message is what the caller reads, in Envoy's words. */
public final class InvalidToken extends Exception {
  private static final long serialVersionUID = 1L;

  public static final String FORM =
      "Jwt is not in the form of Header.Payload.Signature with two dots and 3 sections";
  public static final String VERIFICATION = "Jwt verification fails";
  public static final String EXPIRED = "Jwt is expired";
  public static final String NOT_YET = "Jwt not yet valid";
  public static final String ISSUER = "Jwt issuer is not configured";
  public static final String AUDIENCE = "Audiences in Jwt are not allowed";
  public static final String NO_KEYS = "Jwks remote fetch is failed";

  /** Has no stack trace: anybody can cause it at will. */
  public InvalidToken(String reason) {
    super(reason, null, false, false);
  }
}
