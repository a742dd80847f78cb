/** Tests of the adapter. */
package dev.weft.instrumentation.nettyhttp;
