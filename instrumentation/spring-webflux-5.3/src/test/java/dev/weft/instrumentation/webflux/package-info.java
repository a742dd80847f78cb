/** The contracts on WebClient, and what is particular to it. */
package dev.weft.instrumentation.webflux;
