/**
 * Public keys of token issuers. Agents never fetch them: the server does, for all of them, from
 * public addresses only unless the operator allows others, and tells agents the keys with the
 * policy. Starting points: {@link dev.weft.control.jwks.JwksFetcher} (when), {@link
 * dev.weft.control.jwks.KeyClient} (how), {@link dev.weft.control.jwks.AddressRules} (from where),
 * {@link dev.weft.control.jwks.KeySets} (what is taken).
 */
package dev.weft.control.jwks;
