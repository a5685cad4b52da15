package org.pellucid.explain.server.http;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.stream.ChunkedWriteHandler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Listens for requests and answers them by routes, each on a virtual thread that is interrupted
 * when the client leaves.
 */
public final class HttpService implements AutoCloseable {
  private static final int MOST_HEADER_BYTES = 16 << 10;
  private static final int MOST_URI_BYTES = 64 << 10;
  private static final int WAITING_CONNECTIONS = 64;

  private final EventLoopGroup loop =
      new MultiThreadIoEventLoopGroup(
          1,
          Thread.ofPlatform().name("pellucid-http-", 0).daemon().factory(),
          NioIoHandler.newFactory());
  private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
  private final Channel listener;

  private HttpService(
      ServiceOptions options, List<Route> routes, ErrorAnswers errors, Metrics metrics)
      throws IOException {
    var names = new HashSet<>(options.names());
    names.add(options.host().toLowerCase(Locale.ROOT));
    var shared =
        new Connection.Shared(
            new Routes(routes),
            new OriginCheck(Set.copyOf(names)),
            new ByteBudget(options.memory()),
            metrics,
            errors,
            options,
            connections);
    metrics.gauge("pellucid_connections", "Connections that are open.", connections::size);
    var bound =
        new ServerBootstrap()
            .group(loop)
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.SO_BACKLOG, WAITING_CONNECTIONS)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel channel) {
                    channel
                        .pipeline()
                        .addLast(codec(), new ChunkedWriteHandler(), new Connection(shared));
                  }
                })
            .bind(options.host(), options.port())
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
      throw new IOException(
          "The server can't listen at %s port %d (%s); choose another --port or --host."
              .formatted(options.host(), options.port(), bound.cause().getMessage()),
          bound.cause());
    }
    listener = bound.channel();
  }

  /**
   * Starts to listen.
   *
   * @throws IOException if it can't listen there
   */
  public static HttpService start(
      ServiceOptions options, List<Route> routes, ErrorAnswers errors, Metrics metrics)
      throws IOException {
    return new HttpService(options, routes, errors, metrics);
  }

  private static HttpServerCodec codec() {
    return new HttpServerCodec(
        new HttpDecoderConfig()
            .setMaxInitialLineLength(MOST_URI_BYTES)
            .setMaxHeaderSize(MOST_HEADER_BYTES));
  }

  /** The port that it listens at. */
  public int port() {
    return ((InetSocketAddress) listener.localAddress()).getPort();
  }

  /** Takes no new connections and no further requests; those that came before are answered. */
  public void stopListening(Duration patience) throws InterruptedException {
    listener.close().awaitUninterruptibly();
    connections.forEach(Connection::finish);
    var end = System.nanoTime() + patience.toNanos();
    while (!connections.isEmpty() && System.nanoTime() < end) {
      Thread.sleep(20);
    }
  }

  /** Ends at once: what is still being answered is given up. */
  @Override
  public void close() {
    listener.close().awaitUninterruptibly();
    connections.forEach(Connection::close);
    loop.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
