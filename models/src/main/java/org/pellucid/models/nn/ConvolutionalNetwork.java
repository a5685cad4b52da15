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
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.ImageModel;
import org.pellucid.models.MemoryEstimate;
import org.pellucid.models.Model;
import org.pellucid.models.RandomisableModel;
import org.pellucid.models.Taps;
import org.pellucid.models.nn.NetworkDescription.LayerDescription;

/**
 * An image classifier of named layers, each of which takes the output of the one before it or of
 * others before, such as the food classifiers and residual networks.
 *
 * <p>A convolution with the batch normalisation and the ReLU after it runs as one step with weights
 * folded at first use, which belongs to the last of these layers on the tape; unless taps listen in
 * between, a backward rule concerns one of them, or the parameters themselves are watched. The
 * network owns its tensors.
 *
 * <p>It is trained by {@link #train} and an optimiser over its {@link #parameters()}; folded
 * weights are computed anew afterwards. While it trains, no other thread may use it.
 */
public final class ConvolutionalNetwork implements RandomisableModel, ImageModel {

  /**
   * A layer with its name.
   *
   * @param inputs the layers whose outputs it takes, or {@code image} for the network's input; none
   *     means the layer before
   */
  public record NamedLayer(String name, Layer layer, List<String> inputs) {
    /** Copies the list. */
    public NamedLayer {
      inputs = List.copyOf(inputs);
    }

    /** A layer that takes the output of the one before. */
    public NamedLayer(String name, Layer layer) {
      this(name, layer, List.of());
    }
  }

  private final List<NamedLayer> layers;
  private final Wiring wiring;
  private final NetworkPass pass;
  private final List<Place> places;
  private final int inputChannels;
  private final int inputHeight;
  private final int inputWidth;
  private final List<String> notes;
  private final ElementType type;

  /**
   * A network of the given layers for images of the given size.
   *
   * @throws IllegalArgumentException if a layer can't take what the others give, or the last one
   *     gives no row of numbers
   */
  public ConvolutionalNetwork(
      List<NamedLayer> layers, int inputChannels, int inputHeight, int inputWidth) {
    this(layers, inputChannels, inputHeight, inputWidth, List.of());
  }

  ConvolutionalNetwork(
      List<NamedLayer> layers,
      int inputChannels,
      int inputHeight,
      int inputWidth,
      List<String> notes) {
    this.layers = List.copyOf(layers);
    this.inputChannels = inputChannels;
    this.inputHeight = inputHeight;
    this.inputWidth = inputWidth;
    this.notes = List.copyOf(notes);
    check(!layers.isEmpty(), "A classifier has at least one layer");
    this.wiring = wiring(this.layers);
    this.places = inferredPlaces();
    this.type =
        layers.stream()
            .flatMap(named -> named.layer().tensors())
            .findFirst()
            .map(Tensor::type)
            .orElse(ElementType.FLOAT32);
    this.pass = new NetworkPass(this.layers, wiring);
  }

  private static Wiring wiring(List<NamedLayer> layers) {
    return Wiring.of(
        layers.stream()
            .map(named -> new Wiring.Entry(named.name(), named.inputs(), isJoint(named)))
            .toList(),
        layers.getFirst().layer() instanceof Layer.Normalise);
  }

  private static boolean isJoint(NamedLayer named) {
    return named.layer().kind().joins();
  }

  private List<Place> inferredPlaces() {
    var all = new ArrayList<>(List.of(Place.image(inputHeight, inputWidth, inputChannels)));
    for (var i = 0; i < layers.size(); i++) {
      var inputs = wiring.inputs(i).stream().map(all::get).toList();
      all.add(Place.after(layers.get(i).name(), layers.get(i).layer(), inputs));
    }
    var last = all.getLast();
    check(
        last.height() * last.width() == 1,
        "The network ends in %s; end it in a flatten, a global pooling or a linear layer",
        last.text());
    return List.copyOf(all);
  }

  /** The shapes by position, see {@link Wiring}. */
  List<Place> places() {
    return places;
  }

  /** The shape of a layer's first input. */
  Place before(int layer) {
    return places.get(wiring.inputs(layer).getFirst());
  }

  /**
   * What was decided while the network was built from parameters, a sentence each, such as which
   * prefix their names have.
   */
  public List<String> notes() {
    return notes;
  }

  @Override
  public long[] inputShape() {
    return new long[] {inputChannels, inputHeight, inputWidth};
  }

  @Override
  public int outputs() {
    return Math.toIntExact(places.getLast().channels());
  }

  @Override
  public ElementType type() {
    return type;
  }

  @Override
  public List<String> layerNames() {
    return layers.stream().map(NamedLayer::name).toList();
  }

  /** The layers in the order they are computed. */
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
    pass.close();
    return new ConvolutionalNetwork(all, inputChannels, inputHeight, inputWidth, notes);
  }

  /**
   * The architecture, from which {@link NetworkBuilder} builds this network again.
   *
   * @throws IllegalArgumentException if a layer can't be described: a convolution with a rectifier
   *     in the same operation, or a dropout of nothing
   */
  public NetworkDescription description() {
    var descriptions =
        layers.stream()
            .filter(named -> !(named.layer() instanceof Layer.Normalise))
            .map(ConvolutionalNetwork::description)
            .toList();
    return new NetworkDescription(
        inputChannels,
        inputHeight,
        inputWidth,
        normalisation().map(Normalisation::mean).orElse(List.of()),
        normalisation().map(Normalisation::std).orElse(List.of()),
        descriptions);
  }

  private static LayerDescription description(NamedLayer named) {
    check(
        !(named.layer() instanceof Layer.Convolution2d convolution
            && convolution.rectifier().isPresent()),
        "%s can't be described: give its rectifier a layer of its own",
        named.name());
    check(
        !(named.layer() instanceof Layer.Dropout(var probability) && probability == 0),
        "%s can't be described: it drops nothing; leave it out",
        named.name());
    return new LayerDescription(named.name(), named.layer().kind(), named.inputs());
  }

  @Override
  public long weightBytes() {
    return layers.stream()
        .flatMap(named -> named.layer().tensors())
        .mapToLong(PassMemory::bytes)
        .sum();
  }

  /** The tensors that training changes. */
  public Stream<Tensor> parameters() {
    return layers.stream().flatMap(named -> named.layer().parameters());
  }

  @Override
  public List<String> layersWithParameters() {
    return layers.stream()
        .filter(named -> named.layer().parameters().findAny().isPresent())
        .map(NamedLayer::name)
        .toList();
  }

  @Override
  public ConvolutionalNetwork randomised(Set<String> chosen, long seed) {
    var available = layersWithParameters();
    for (var name : chosen) {
      check(
          available.contains(name),
          "The network has no layer %s with parameters; those that have some are %s",
          name,
          String.join(", ", available));
    }
    var seeds = new SplittableRandom(seed);
    var copies = new ArrayList<NamedLayer>();
    for (var named : layers) {
      var own = seeds.nextLong();
      var layer = named.layer();
      var copy =
          chosen.contains(named.name())
              ? CopiedLayers.random(layer, own)
              : CopiedLayers.copy(layer);
      copies.add(new NamedLayer(named.name(), copy, named.inputs()));
    }
    return new ConvolutionalNetwork(copies, inputChannels, inputHeight, inputWidth, notes);
  }

  @Override
  public Tensor forward(Tape tape, Tensor images, Taps taps) {
    checkImages(images);
    return pass.forward(tape, images, taps);
  }

  @Override
  public Optional<Model> after(String layer) {
    var number = layerNames().indexOf(layer);
    check(number >= 0, "The network has no layer %s", layer);
    return wiring.isCut(number)
        ? Optional.of(new NetworkTail(this, number, places.get(number + 1)))
        : Optional.empty();
  }

  /** Computes the outputs of what is behind a cut, from what the layer before it gave. */
  Tensor forwardAfter(Tape tape, int layer, Tensor output, Taps taps) {
    return pass.forwardAfter(tape, layer, output, taps);
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
    return pass.train(tape, images, seed);
  }

  private void checkImages(Tensor images) {
    Shapes.checkShape(
        "A batch of images", images, images.size(0), inputChannels, inputHeight, inputWidth);
  }

  @Override
  public Optional<MemoryEstimate> memory(Kernels kernels) {
    var together = pass.steps().stream().map(FusedStep::together).toList();
    Set<Tensor> tensors =
        Stream.concat(layers.stream().map(NamedLayer::layer), together.stream())
            .flatMap(Layer::tensors)
            .collect(
                Collectors.toCollection(() -> Collections.newSetFromMap(new IdentityHashMap<>())));
    var weights = tensors.stream().mapToLong(PassMemory::bytes).sum();
    return Optional.of(PassMemory.of(pass.steps(), places, weights, type.bytes(), kernels));
  }

  @Override
  public void close() {
    layers.stream().flatMap(named -> named.layer().tensors()).forEach(Tensor::close);
    pass.close();
  }
}
