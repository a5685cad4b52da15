package org.pellucid.bench.work;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.pellucid.models.bert.BertConfig;

/**
 * A network out of an ONNX graph: its output, or after it the gradient of a weighted sum of the
 * output with respect to the images or the words' embeddings.
 *
 * @param tokens of each text; 0 for image classifiers
 */
public record GraphWork(Pass pass, Network network, int batch, int tokens) implements Workload {

  /** The network. */
  public enum Network {
    /** The homework's food classifier with the built-in weights, on images of 128×128. */
    FOOD,
    /** ResNet-18 with random weights, on images of 224×224. */
    RESNET18,
    /** MobileNetV2 with random weights, on images of 224×224. */
    MOBILENET2,
    /** BERT-base. */
    BERT,
    /** Twelve layers of width 384, as small models of sentences have. */
    BERT384;

    /** The dimensions of a BERT; empty for image classifiers. */
    public Optional<BertConfig> bert() {
      return switch (this) {
        case BERT -> Optional.of(BertWork.BASE);
        case BERT384 -> Optional.of(BertWork.NARROW);
        case FOOD, RESNET18, MOBILENET2 -> Optional.empty();
      };
    }

    /** Height and width of the images, in pixels; 0 for BERT. */
    public int side() {
      return switch (this) {
        case FOOD -> CnnWork.SIDE;
        case RESNET18, MOBILENET2 -> 224;
        case BERT, BERT384 -> 0;
      };
    }
  }

  /**
   * Checks the sizes.
   *
   * @throws IllegalArgumentException if there is no example, an image classifier is given tokens or
   *     a BERT none, or parameters' gradients are asked for
   */
  public GraphWork {
    check(pass != Pass.WEIGHTS, "A graph's weights have no gradients");
    check(batch > 0, "A batch has at least one example, not %d", batch);
    check(
        network.bert().isPresent() ? tokens > 0 : tokens == 0,
        "%s can't take %d tokens",
        network,
        tokens);
  }

  /** Images. */
  public GraphWork(Pass pass, Network network, int batch) {
    this(pass, network, batch, 0);
  }

  @Override
  public String name() {
    var name = network.name().toLowerCase(Locale.ROOT);
    var length = tokens == 0 ? "" : "-s" + tokens;
    return "onnx-%s-%s-b%d%s".formatted(name, pass.text(), batch, length);
  }

  /** As the food classifier's and BERT's; ReLUs and poolings turn gradients by whole terms. */
  @Override
  public double tolerance() {
    return pass == Pass.FORWARD || tokens > 0 ? 1e-4 : 0.045;
  }

  /** The images {@code [batch, 3, side, side]}, normalised as ImageNet's usually are. */
  public float[] images() {
    var count = (long) batch * 3 * network.side() * network.side();
    return network == Network.FOOD ? Numbers.pixels(5, count) : Numbers.centred(22, count, 1);
  }

  /** The token ids {@code [batch, tokens]}. */
  public long[] ids() {
    var vocabulary = network.bert().orElseThrow().vocabularySize();
    return Arrays.stream(Numbers.integers(6, batch * tokens, vocabulary)).asLongStream().toArray();
  }

  /**
   * The weights of the sum.
   *
   * @param count of the output's values in the whole batch
   */
  public float[] resultWeights(long count) {
    return Numbers.centred(7, count, 1);
  }
}
