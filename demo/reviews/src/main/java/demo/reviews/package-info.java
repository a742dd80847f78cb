/** What readers say of a book. */
package demo.reviews;
