package dev.weft.control.jwks;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** Host names to addresses; may wait. */
@FunctionalInterface
interface Lookup {

  Lookup SYSTEM = InetAddress::getAllByName;

  InetAddress[] addresses(String host) throws UnknownHostException;
}
