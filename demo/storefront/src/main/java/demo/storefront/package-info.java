/** The page that customers see. */
package demo.storefront;
