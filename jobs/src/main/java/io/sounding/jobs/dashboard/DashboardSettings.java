package io.sounding.jobs.dashboard;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;

/**
 * How a dashboard is served.
 *
 * @param host the name or address that it listens on
 * @param port 0: one that is free
 * @param token what must be sent to be answered; null: everybody is
 * @param maxEvents so many metric events are held at most
 */
public record DashboardSettings(String host, int port, String token, int maxEvents) {

  /** Where it listens if nothing else is said: only this machine reaches it. */
  public static final String LOOPBACK = "127.0.0.1";

  /** The usual port. */
  public static final int PORT = 8_085;

  /** 150 MB at about 300 bytes each. */
  public static final int MAX_EVENTS = 500_000;

  /** Fewer would not hold a checkpoint of many layers. */
  public static final int LEAST_EVENTS = 1_000;

  /** For everybody on this machine, with the usual limit. */
  public static DashboardSettings onLoopback(int port) {
    return new DashboardSettings(LOOPBACK, port, null, MAX_EVENTS);
  }

  /** Whether other machines cannot reach it. */
  public boolean isLoopback() {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }

  /** Whether it listens on all addresses of this machine. */
  public boolean isOnAllAddresses() {
    try {
      return InetAddress.getByName(host).isAnyLocalAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }

  /** Whether the host is this machine, as far as it can tell. */
  boolean isOnThisMachine() {
    try {
      InetAddress address = InetAddress.getByName(host);
      return address.isLoopbackAddress()
          || address.isAnyLocalAddress()
          || NetworkInterface.getByInetAddress(address) != null;
    } catch (UnknownHostException | SocketException e) {
      return false;
    }
  }

  /** Where a browser of this machine finds it, if it listens on this port. */
  String address(int openPort) {
    String name = isOnAllAddresses() ? LOOPBACK : host;
    boolean bare = name.contains(":") && !name.startsWith("[");
    return "http://%s:%d/".formatted(bare ? "[" + name + "]" : name, openPort);
  }

  @Override
  public String toString() {
    return "DashboardSettings[%s:%d, %d events]".formatted(host, port, maxEvents);
  }
}
