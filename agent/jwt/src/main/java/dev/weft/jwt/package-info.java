/**
 * JSON Web Tokens: compact form, key sets, signatures. Which issuers and audiences are taken, and
 * until when, the engine decides.
 *
 * <p>Starting point: {@link dev.weft.jwt.JwtVerifier}.
 */
package dev.weft.jwt;
