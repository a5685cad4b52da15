package org.pellucid.bench.graph;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.pellucid.bench.work.GraphWork;
import org.pellucid.models.bert.BertConfig;

/** A graph's file in the folder for temporary files, deleted when it is closed. */
public final class GraphFile implements AutoCloseable {
  /** The name of an image classifier's input {@code [batch, 3, height, width]}. */
  public static final String IMAGES = "images";

  /** The name of an image classifier's output {@code [batch, classes]}. */
  public static final String LOGITS = "logits";

  /** The name of BERT's token ids {@code [batch, tokens]}. */
  public static final String IDS = "input_ids";

  /** The name of the numbers of the tokens' segments {@code [batch, tokens]}. */
  public static final String SEGMENTS = "token_type_ids";

  /** The name of what is 1 at tokens and 0 at padding {@code [batch, tokens]}. */
  public static final String MASK = "attention_mask";

  /** The name of the words' embeddings inside of the graph {@code [batch, tokens, hidden]}. */
  public static final String WORDS = "word_embeddings";

  /** The name of BERT's output, its last hidden states {@code [batch, tokens, hidden]}. */
  public static final String HIDDEN = "last_hidden_state";

  private final Path path;

  private GraphFile(GraphWriter graph, String name) {
    try {
      path = Files.createTempFile("pellucid-" + name, ".onnx");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    // For a benchmark that is interrupted.
    path.toFile().deleteOnExit();
    graph.write(path, name);
  }

  /** Writes the network of a workload. */
  public static GraphFile of(GraphWork.Network network) {
    return switch (network) {
      case FOOD -> food();
      case RESNET18 -> new GraphFile(ImageGraph.resnet18(), "resnet18");
      case MOBILENET2 -> new GraphFile(ImageGraph.mobilenet2(), "mobilenet2");
      case BERT, BERT384 -> bert(network.bert().orElseThrow());
    };
  }

  /** Writes the food classifier. */
  public static GraphFile food() {
    return new GraphFile(ImageGraph.food(), "food");
  }

  /** Writes the encoder of a BERT with the weights of {@code RandomBert}. */
  public static GraphFile bert(BertConfig config) {
    return new GraphFile(BertGraph.of(config), "bert" + config.hiddenSize());
  }

  /** Where the file is. */
  public Path path() {
    return path;
  }

  @Override
  public void close() {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
