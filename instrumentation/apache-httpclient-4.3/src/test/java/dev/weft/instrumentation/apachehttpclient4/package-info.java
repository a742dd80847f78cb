/** The contract on Apache HttpClient 4. */
package dev.weft.instrumentation.apachehttpclient4;
