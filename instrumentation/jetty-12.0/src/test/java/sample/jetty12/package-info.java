/** The application of the contracts for servers, as a handler of Jetty 12; tested in jetty-9.4. */
package sample.jetty12;
