/** An application on Pekko HTTP, outside of the adapter's package. */
package sample.pekko;
