/**
 * Asks services over HTTP whether requests may pass, as Envoy's HTTP ext_authz does. The call
 * leaves through the JDK's own client, so that it is routed and encrypted like any other call of
 * the application.
 *
 * <p>Starting point: {@link dev.weft.extauthz.HttpAuthorization}.
 */
package dev.weft.extauthz;
