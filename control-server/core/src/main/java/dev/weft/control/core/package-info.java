/**
 * Words, rules and ports of the control server. The rooms around it (store, registry, rest, push)
 * never import each other; they meet here.
 */
package dev.weft.control.core;
