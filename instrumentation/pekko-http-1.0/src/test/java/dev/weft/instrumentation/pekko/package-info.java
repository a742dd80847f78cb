/** The contract on servers of Pekko HTTP. */
package dev.weft.instrumentation.pekko;
