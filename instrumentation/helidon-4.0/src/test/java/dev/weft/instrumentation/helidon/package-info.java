/** The contracts on Helidon; in the language of Java 8, because of how it is compiled against. */
package dev.weft.instrumentation.helidon;
