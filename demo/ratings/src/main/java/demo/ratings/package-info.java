/** How many stars readers give a book. */
package demo.ratings;
