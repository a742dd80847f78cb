/**
 * AsyncHttpClient 2.2-3.x. Requests are taken over where the client hands them to Netty; each
 * attempt goes through the client once more, with an address, a place in the pool and a handler of
 * its own. TLS is the business of the transport floor of Netty.
 */
package dev.weft.instrumentation.asynchttpclient;
