/**
 * What operators see: Istio's standard metrics, and an admin endpoint on loopback. Hears about
 * finished requests through the engine's port and counts them; reads the engine through its view.
 *
 * <p>Starting points: {@link dev.weft.telemetry.Telemetry} (what is counted), {@link
 * dev.weft.telemetry.RequestLabels} (under which labels), {@link dev.weft.telemetry.AdminServer}.
 */
package dev.weft.telemetry;
