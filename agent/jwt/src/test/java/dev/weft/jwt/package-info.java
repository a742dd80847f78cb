/** Tokens made with the JDK's own keys, judged by the engine. */
package dev.weft.jwt;
