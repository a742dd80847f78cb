/**
 * The process: wiring of all rooms into one server, and the command line. One class per command;
 * nobody imports this room.
 *
 * <p>Starting points: {@link dev.weft.control.app.Main} (the commands), {@link
 * dev.weft.control.app.ControlServer} (how the rooms fit together).
 */
package dev.weft.control.app;
