/** Tests of the adapter for Armeria's clients. */
package dev.weft.instrumentation.armeria;
