package org.pellucid.explain.server;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.pellucid.engine.Engine;

/** A server of two tiny models of texts and of the built-in classifier. */
final class TinyServer implements AutoCloseable {
  private final PellucidServer server;
  private final List<String> log = Collections.synchronizedList(new ArrayList<>());
  private final Path first;
  private final ServerOptions options;

  TinyServer(Path directory) throws IOException {
    this(directory, 2, 8);
  }

  TinyServer(Path directory, int workers, int waiting) throws IOException {
    this(directory, workers, waiting, Map.of());
  }

  /** With indexes of texts by the first model, by their names. */
  TinyServer(Path directory, int workers, int waiting, Map<String, String> corpora)
      throws IOException {
    var words = new StringBuilder("she he nurse farmer ");
    corpora.values().forEach(text -> words.append(text).append('\n'));
    for (var topic : TextRoutes.TOPICS) {
      words.append(topic.example()).append('\n');
    }
    first = TinyModel.write(directory.resolve("tiny"), words.toString(), 1);
    var second = TinyModel.write(directory.resolve("other"), words.toString(), 2);
    var standard = ServerOptions.standard();
    options =
        new ServerOptions(
            "127.0.0.1",
            0,
            standard.allowedHosts(),
            List.of(first.toString(), second.toString()),
            TinyIndex.build(directory, first, corpora),
            List.of("food"),
            standard.modelMemory(),
            workers,
            waiting,
            Duration.ofSeconds(60),
            standard.textBytes(),
            1_000_000,
            log::add);
    server = PellucidServer.start(Engine.standard(), options);
  }

  ServerOptions options() {
    return options;
  }

  PellucidServer server() {
    return server;
  }

  Client client() {
    return Client.of(server);
  }

  /** The folder of the first model. */
  Path model() {
    return first;
  }

  List<String> log() {
    return List.copyOf(log);
  }

  @Override
  public void close() {
    server.close();
  }
}
