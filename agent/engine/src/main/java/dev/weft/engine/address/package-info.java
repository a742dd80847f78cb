/** IP addresses and blocks of them, read from text without asking anybody. */
package dev.weft.engine.address;
