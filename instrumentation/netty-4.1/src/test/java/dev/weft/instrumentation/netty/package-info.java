/** The contracts on a bare Netty server and on the frameworks over it. */
package dev.weft.instrumentation.netty;
