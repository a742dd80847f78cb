/**
 * Spring Cloud's client-side load balancing (LoadBalancer and Ribbon under RestTemplate,
 * RestClient, WebClient and OpenFeign): a logical name that the mesh routes is left to it, and goes
 * out as the application wrote it. What sends it then is another adapter's.
 */
package dev.weft.instrumentation.springcloud;
