package dev.weft.controlclient;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;

/** Finds the addresses of a host name; blocks. */
interface HostLookup {

  HostLookup SYSTEM =
      name -> {
        List<String> addresses = new ArrayList<>();
        for (InetAddress address : InetAddress.getAllByName(name)) {
          addresses.add(address.getHostAddress());
        }
        return addresses;
      };

  List<String> lookup(String name) throws UnknownHostException;
}
