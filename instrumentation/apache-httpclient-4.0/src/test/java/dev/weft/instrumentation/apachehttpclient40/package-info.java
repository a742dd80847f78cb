/** The contract on the API of Apache HttpClient 4.0-4.2, and what is particular to it. */
package dev.weft.instrumentation.apachehttpclient40;
