/** An application that knows nothing of a mesh and can call with every client library. */
package probe;
