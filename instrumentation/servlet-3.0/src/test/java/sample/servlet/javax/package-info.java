/**
 * The application of the contracts for servers, as a servlet. Outside of the agent's own packages,
 * whose classes are never hooked.
 */
package sample.servlet.javax;
