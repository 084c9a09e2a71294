package io.sounding.jobs.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.apache.flink.util.IOUtils;
import org.apache.kafka.server.ServerSocketFactory;

/**
 * Listening sockets on loopback, opened before the broker that will use them.
 *
 * <p>A broker must be told its own ports before it starts. Looking for free ports first and binding
 * them later lets another process take them in between; here the sockets are bound at once and
 * handed to Kafka when it asks.
 */
final class LoopbackSockets implements ServerSocketFactory, AutoCloseable {

  private static final int BACKLOG = 50;

  private final Map<String, ServerSocketChannel> channels = new LinkedHashMap<>();

  /** Binds one socket per listener name to the given port; 0: one that the system chooses. */
  static LoopbackSockets bind(Map<String, Integer> portsByListener) throws IOException {
    LoopbackSockets sockets = new LoopbackSockets();
    try {
      for (var listener : portsByListener.entrySet()) {
        ServerSocketChannel channel = ServerSocketChannel.open();
        sockets.channels.put(listener.getKey(), channel);
        // a port whose last owner has just ended can be taken at once
        channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
        channel.bind(new InetSocketAddress(loopback(), listener.getValue()), BACKLOG);
      }
      return sockets;
    } catch (IOException failure) {
      sockets.close();
      throw failure;
    }
  }

  /** The address that listeners are bound to and clients connect to, always 127.0.0.1. */
  static InetAddress loopback() throws IOException {
    return InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
  }

  /** The port of the listener. */
  int port(String listenerName) {
    return channels.get(listenerName).socket().getLocalPort();
  }

  @Override
  public ServerSocketChannel openServerSocket(
      String listenerName, InetSocketAddress address, int backlog, int receiveBufferBytes)
      throws IOException {
    ServerSocketChannel channel = channels.get(listenerName.toUpperCase(Locale.ROOT));
    if (channel == null) {
      throw new IOException("No socket was bound for the listener " + listenerName + ".");
    }
    channel.configureBlocking(false);
    return channel;
  }

  /** Closes what is still open; sockets that Kafka took over are closed twice without harm. */
  @Override
  public void close() {
    IOUtils.closeAllQuietly(channels.values()); // the ports go with the process
  }
}
