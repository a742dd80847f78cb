/** The contract on the classic Apache HttpClient 5. */
package dev.weft.instrumentation.apachehttpclient5;
