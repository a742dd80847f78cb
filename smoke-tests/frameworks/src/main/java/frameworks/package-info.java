/** An application that knows nothing of a mesh and calls through one framework after the other. */
package frameworks;
