package org.pellucid.models.nn;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.kernels.Kernels;
import org.pellucid.engine.ops.BatchNorm;
import org.pellucid.engine.ops.Convolution2d;
import org.pellucid.engine.ops.Relu;
import org.pellucid.engine.ops.Transpose;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.MemoryEstimate;
import org.pellucid.models.Model;
import org.pellucid.models.Taps;

/**
 * An image classifier that is a plain sequence of named layers, such as the food classifiers.
 *
 * <p>A convolution with the batch normalisation and the ReLU after it runs as one step with weights
 * folded at first use, which belongs to the last of these layers on the tape; unless taps listen in
 * between, a backward rule concerns one of them, or the parameters themselves are watched. The
 * network owns its tensors.
 *
 * <p>It is trained by {@link #train} and an optimiser over its {@link #parameters()}; folded
 * weights are computed anew afterwards. While it trains, no other thread may use it.
 */
public final class ConvolutionalNetwork implements Model, AutoCloseable {

  /** A layer with its name. */
  public record NamedLayer(String name, Layer layer) {}

  private final List<NamedLayer> layers;
  private final List<FusedStep> steps;
  private final int inputChannels;
  private final int inputHeight;
  private final int inputWidth;
  private final int classes;
  private final ElementType type;

  /**
   * A network of the given layers for images of the given size.
   *
   * @throws IllegalArgumentException if the last layer isn't fully connected
   */
  public ConvolutionalNetwork(
      List<NamedLayer> layers, int inputChannels, int inputHeight, int inputWidth) {
    this.layers = List.copyOf(layers);
    this.inputChannels = inputChannels;
    this.inputHeight = inputHeight;
    this.inputWidth = inputWidth;
    check(
        !layers.isEmpty() && layers.getLast().layer() instanceof Layer.Linear,
        "A classifier ends in a fully connected layer");
    var last = (Layer.Linear) layers.getLast().layer();
    this.classes = Math.toIntExact(last.weight().size(0));
    this.type = last.weight().type();
    this.steps = FusedStep.of(this.layers);
  }

  @Override
  public long[] inputShape() {
    return new long[] {inputChannels, inputHeight, inputWidth};
  }

  @Override
  public int outputs() {
    return classes;
  }

  @Override
  public ElementType type() {
    return type;
  }

  @Override
  public List<String> layerNames() {
    return layers.stream().map(NamedLayer::name).toList();
  }

  /** The layers in the order data takes. */
  public List<NamedLayer> layers() {
    return layers;
  }

  /** What is done to the images before the first layer, where there is something. */
  public Optional<Normalisation> normalisation() {
    return layers.getFirst().layer() instanceof Layer.Normalise normalise
        ? Optional.of(normalise.constants())
        : Optional.empty();
  }

  /**
   * This network with a normalisation before its first layer, a layer named {@code normalise}, in
   * place of one that it has already. Its input stays the image in 0..1, and so do explanations;
   * the padding of a first convolution is 0 after the normalisation, as in training. The weights go
   * over to the new network, so this one isn't used or closed any more.
   *
   * @param mean one number for each channel
   * @param std one positive number for each channel, the standard deviation
   * @throws IllegalArgumentException if the numbers don't fit the channels or aren't finite, or a
   *     deviation isn't positive
   */
  public ConvolutionalNetwork normalised(List<Double> mean, List<Double> std) {
    var normalise = new Normalisation(mean, std).layer(type, inputChannels);
    var rest = normalisation().isPresent() ? layers.subList(1, layers.size()) : layers;
    var all = new ArrayList<NamedLayer>();
    all.add(new NamedLayer(Normalisation.LAYER, normalise));
    all.addAll(rest);
    normalisation().ifPresent(_ -> layers.getFirst().layer().tensors().forEach(Tensor::close));
    steps.forEach(FusedStep::close);
    return new ConvolutionalNetwork(all, inputChannels, inputHeight, inputWidth);
  }

  /**
   * The architecture, from which {@link NetworkBuilder} builds this network again.
   *
   * @throws IllegalArgumentException if a layer can't be described: a convolution with ReLU in the
   *     same operation, a window that isn't square in stride and padding, a dropout of nothing
   */
  public NetworkDescription description() {
    var descriptions =
        layers.stream()
            .filter(named -> !(named.layer() instanceof Layer.Normalise))
            .map(LayerDescriptions::of)
            .toList();
    return new NetworkDescription(
        inputChannels,
        inputHeight,
        inputWidth,
        normalisation().map(Normalisation::mean).orElse(List.of()),
        normalisation().map(Normalisation::std).orElse(List.of()),
        descriptions);
  }

  /** The tensors that training changes. */
  public Stream<Tensor> parameters() {
    return layers.stream().flatMap(named -> named.layer().parameters());
  }

  @Override
  public Tensor forward(Tape tape, Tensor images, Taps taps) {
    checkImages(images);
    var x = Transpose.apply(tape, images, 0, 2, 3, 1);
    for (var step : steps) {
      var fused = mayFuse(tape, step, taps);
      var last = step.layers().getLast().name();
      for (var named : fused ? List.of(new NamedLayer(last, step.together())) : step.layers()) {
        x = next(tape, named.name(), named.layer(), x, taps);
        if (taps.stopsAt(named.name())) {
          tape.enterLayer("");
          return x;
        }
      }
    }
    tape.enterLayer("");
    return x;
  }

  /**
   * Computes the logits of a batch as training does: batches are normalised by their own
   * statistics, towards which the running ones are moved, and dropout drops.
   *
   * @param images {@code [batch, channels, height, width]}
   * @param seed of the dropout masks; take another for each step
   * @return {@code [batch, classes]}, on the tape
   */
  public Tensor train(Tape tape, Tensor images, long seed) {
    checkImages(images);
    var x = Transpose.apply(tape, images, 0, 2, 3, 1);
    var seeds = new SplittableRandom(seed);
    for (var named : layers) {
      tape.enterLayer(named.name());
      var y = named.layer().train(tape, x, seeds.nextLong());
      tape.discard(x);
      x = y;
    }
    tape.enterLayer("");
    return x;
  }

  private void checkImages(Tensor images) {
    Shapes.checkShape(
        "A batch of images", images, images.size(0), inputChannels, inputHeight, inputWidth);
  }

  @Override
  public Optional<MemoryEstimate> memory(Kernels kernels) {
    var together = steps.stream().map(FusedStep::together).toList();
    Set<Tensor> tensors =
        Stream.concat(layers.stream().map(NamedLayer::layer), together.stream())
            .flatMap(Layer::tensors)
            .collect(
                Collectors.toCollection(() -> Collections.newSetFromMap(new IdentityHashMap<>())));
    var weights = tensors.stream().mapToLong(PassMemory::bytes).sum();
    return Optional.of(PassMemory.of(together, weights, inputShape(), type.bytes(), kernels));
  }

  private static boolean mayFuse(Tape tape, FusedStep step, Taps taps) {
    if (step.layers().size() == 1) {
      return true;
    }
    var between = step.layers().subList(0, step.layers().size() - 1);
    return between.stream().noneMatch(n -> taps.wants(n.name()) || taps.stopsAt(n.name()))
        && step.layers().stream().noneMatch(n -> hasRule(tape, n.name()))
        && step.layers().stream().flatMap(n -> n.layer().parameters()).noneMatch(tape::tracks);
  }

  private static boolean hasRule(Tape tape, String layer) {
    return tape.replacesBackward(layer, Convolution2d.class)
        || tape.replacesBackward(layer, BatchNorm.class)
        || tape.replacesBackward(layer, Relu.class);
  }

  private static Tensor next(Tape tape, String name, Layer layer, Tensor x, Taps taps) {
    tape.enterLayer(name);
    var y = layer.forward(tape, x);
    tape.discard(x);
    return taps.offer(tape, name, y);
  }

  @Override
  public void close() {
    layers.stream().flatMap(named -> named.layer().tensors()).forEach(Tensor::close);
    steps.forEach(FusedStep::close);
  }
}
