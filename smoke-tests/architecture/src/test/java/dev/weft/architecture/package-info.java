/** Who may know whom: the rules R1 to R13 of docs/architecture.md, checked on bytecode. */
package dev.weft.architecture;
