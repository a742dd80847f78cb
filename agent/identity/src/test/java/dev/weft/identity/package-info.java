/** In the words of Java 8, so that handshakes can be tried on the oldest JDK, too. */
package dev.weft.identity;
