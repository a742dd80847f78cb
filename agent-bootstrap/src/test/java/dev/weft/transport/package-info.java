/** Tests of the transport's values. */
package dev.weft.transport;
