/** The application of the contracts for servers, as a handler of Jetty 9.4. */
package sample.jetty;
