/** The contracts on Reactor Netty's client as it is. */
package dev.weft.instrumentation.reactornetty;
