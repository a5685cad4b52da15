package org.pellucid.explain.server;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;

/** Sends bytes that no client of HTTP would send. */
final class RawClient {
  private static final int MILLISECONDS = 20_000;

  private RawClient() {}

  /** What a server sends back until it closes the connection. */
  static String send(int port, String bytes) throws IOException {
    try (var socket = new Socket("127.0.0.1", port)) {
      socket.setSoTimeout(MILLISECONDS);
      socket.getOutputStream().write(bytes.getBytes(StandardCharsets.UTF_8));
      var answer = new StringBuilder();
      try {
        var in = socket.getInputStream();
        var buffer = new byte[1 << 14];
        for (int read; (read = in.read(buffer)) >= 0; ) {
          answer.append(new String(buffer, 0, read, StandardCharsets.UTF_8));
        }
      } catch (SocketException e) {
        // The server closed on bytes that it hadn't read; what came before counts.
      }
      return answer.toString();
    }
  }
}
