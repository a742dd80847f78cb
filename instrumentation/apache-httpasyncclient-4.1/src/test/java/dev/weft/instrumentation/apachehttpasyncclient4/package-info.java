/** The contract on Apache HttpAsyncClient 4.1, and what is particular to it. */
package dev.weft.instrumentation.apachehttpasyncclient4;
