/**
 * Clients of Vert.x 4 and 5: a request of the application gets its connection when its head is
 * written, for only then its headers are known.
 */
package dev.weft.instrumentation.vertx;
