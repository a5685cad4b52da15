package org.pellucid.explain.server;

import static org.pellucid.engine.tensor.Shapes.check;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.LoggerFactory;

/**
 * How a server listens, which models it offers, and what it allows.
 *
 * @param host name or address to listen at
 * @param port to listen at; 0 for any that is free
 * @param allowedHosts further names by which browsers may call the server, such as that of a proxy
 * @param textModels names of known models and directories, as {@link
 *     org.pellucid.models.zoo.BertModels#open} takes them; requests choose among these alone, and
 *     call a directory by its own name. Empty for the known models that are on this machine
 * @param indexes folders of indexes of corpora, which {@link
 *     org.pellucid.explain.search.CorpusIndex#build} has written; requests call one by its own name
 * @param imageModels {@code food} and weight files, as {@link
 *     org.pellucid.models.zoo.ImageClassifier#open} takes them
 * @param modelMemory bytes that models may take while they are open; two thirds of them on the heap
 * @param workers requests that are computed at a time
 * @param waiting requests that wait for that; others get 503
 * @param longest that a request may take, waiting included
 * @param textBytes of the largest body of a request on texts
 * @param imageBytes of the largest body of a request on an image
 * @param requestLog receives one line for each request, which quotes no text of a user's
 */
public record ServerOptions(
    String host,
    int port,
    Set<String> allowedHosts,
    List<String> textModels,
    List<Path> indexes,
    List<String> imageModels,
    long modelMemory,
    int workers,
    int waiting,
    Duration longest,
    int textBytes,
    int imageBytes,
    Consumer<String> requestLog) {
  private static final int PORT = 8080;
  private static final int MOST_WORKERS = 64;

  /**
   * Checks the ranges and copies the lists.
   *
   * @throws IllegalArgumentException if a number is out of its range
   */
  public ServerOptions {
    allowedHosts = Set.copyOf(allowedHosts);
    textModels = List.copyOf(textModels);
    indexes = List.copyOf(indexes);
    imageModels = List.copyOf(imageModels);
    check(port >= 0 && port < 1 << 16, "The port is %d, but must be from 0 to 65535", port);
    check(modelMemory > 0, "The memory for models is %d bytes, but must be above 0", modelMemory);
    check(
        workers > 0 && workers <= MOST_WORKERS,
        "%d workers are asked for, but there must be from 1 to %d",
        workers,
        MOST_WORKERS);
    check(waiting > 0, "The queue has room for %d requests, but needs at least 1", waiting);
    check(longest.toMillis() > 0, "A request may take %s, but needs more than 0", longest);
    check(textBytes > 0 && imageBytes > 0, "Bodies of requests need at least 1 byte");
  }

  /**
   * Port 8080 of this machine alone, two workers with 16 requests waiting, five minutes for each,
   * 100 kB for texts, 32 MB for an image, 3 GB for models, and a line a request in SLF4J's log.
   */
  public static ServerOptions standard() {
    return new ServerOptions(
        "127.0.0.1",
        PORT,
        Set.of(),
        List.of(),
        List.of(),
        List.of("food"),
        3_000_000_000L,
        2,
        16,
        Duration.ofMinutes(5),
        100_000,
        32_000_000,
        LoggerFactory.getLogger(PellucidServer.class)::info);
  }

  /** These options with another address. */
  public ServerOptions at(String otherHost, int otherPort) {
    return new ServerOptions(
        otherHost,
        otherPort,
        allowedHosts,
        textModels,
        indexes,
        imageModels,
        modelMemory,
        workers,
        waiting,
        longest,
        textBytes,
        imageBytes,
        requestLog);
  }

  /** These options with other models. */
  public ServerOptions withModels(List<String> texts, List<String> images) {
    return new ServerOptions(
        host,
        port,
        allowedHosts,
        texts,
        indexes,
        images,
        modelMemory,
        workers,
        waiting,
        longest,
        textBytes,
        imageBytes,
        requestLog);
  }

  /** These options with other indexes. */
  public ServerOptions withIndexes(List<Path> folders) {
    return new ServerOptions(
        host,
        port,
        allowedHosts,
        textModels,
        folders,
        imageModels,
        modelMemory,
        workers,
        waiting,
        longest,
        textBytes,
        imageBytes,
        requestLog);
  }
}
