/** What an application puts into Tomcat beside servlets. */
package sample.tomcat;
