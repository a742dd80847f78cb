/**
 * The certificate authority: roots of trust made here or plugged in, certificates for workloads by
 * gRPC, the control server's own certificate, and who a caller is by the certificate that it
 * showed. The only room that knows Bouncy Castle.
 *
 * <p>Starting points: {@link dev.weft.control.ca.MeshAuthority}, {@link
 * dev.weft.control.ca.CaHttp}.
 */
package dev.weft.control.ca;
