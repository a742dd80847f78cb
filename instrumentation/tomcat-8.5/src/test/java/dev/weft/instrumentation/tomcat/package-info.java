/** The contract on embedded Tomcat. */
package dev.weft.instrumentation.tomcat;
