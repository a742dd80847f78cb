/** Questions to an authorizer that is there, and to one that is not. */
package dev.weft.extauthz;
