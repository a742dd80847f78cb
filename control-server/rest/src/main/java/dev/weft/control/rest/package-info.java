/**
 * The server's HTTP face: Kubernetes-shaped REST over the resources, {@code /apply} for many
 * documents at once, and what is going on ({@code /v1}, {@code /healthz}, {@code /metrics}).
 *
 * <p>Starting points: {@link dev.weft.control.rest.RestApi} (everything, to be mounted), {@link
 * dev.weft.control.rest.ResourceService} (one request for resources).
 */
package dev.weft.control.rest;
