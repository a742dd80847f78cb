/** Tests of the contracts themselves, with clients so small that only the drivers can be wrong. */
package dev.weft.testkit;
