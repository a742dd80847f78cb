/**
 * JSON Web Tokens of requests: where they are, which rule judges them, what becomes of them. How a
 * token is read and its signature checked is behind {@link dev.weft.engine.tokens.TokenVerifier}.
 *
 * <p>Starting point: {@link dev.weft.engine.tokens.TokenPlan}.
 */
package dev.weft.engine.tokens;
