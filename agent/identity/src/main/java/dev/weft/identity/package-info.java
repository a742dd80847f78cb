/**
 * Who this process is and whom it trusts: a key that never leaves memory, certificates that are
 * renewed at half their life, the roots of the mesh, and the TLS contexts that follow from them.
 * Uses the JDK's own cryptography; asks for certificates through a port.
 *
 * <p>Everything in force at one moment is one immutable {@link dev.weft.identity.TlsState},
 * replaced as a whole. Nothing here is made before the application's {@code main} but a few empty
 * holders.
 *
 * <p>Starting points: {@link dev.weft.identity.WorkloadIdentity} (what is in force), {@link
 * dev.weft.identity.Rotation} (how it is renewed), {@link dev.weft.identity.MeshTransport} (what
 * TLS seams are told), {@link dev.weft.identity.Trust} (when a peer is believed).
 */
package dev.weft.identity;
