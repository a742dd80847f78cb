/** Tests of the adapter for clients of Vert.x. */
package dev.weft.instrumentation.vertx;
