/** The application of the contracts for servers, as a handler of Undertow. */
package sample.undertow;
