/** The contract on OkHttp. */
package dev.weft.instrumentation.okhttp;
