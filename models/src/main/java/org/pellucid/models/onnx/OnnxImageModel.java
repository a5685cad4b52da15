package org.pellucid.models.onnx;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.pellucid.engine.Engine;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.kernels.Kernels;
import org.pellucid.engine.ops.Concatenate;
import org.pellucid.engine.ops.Reshape;
import org.pellucid.engine.ops.Scale;
import org.pellucid.engine.ops.Transpose;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.ImageModel;
import org.pellucid.models.MemoryEstimate;
import org.pellucid.models.Model;
import org.pellucid.models.ModelFileException;
import org.pellucid.models.RandomisableModel;
import org.pellucid.models.Taps;
import org.pellucid.models.onnx.Value.Real;
import org.pellucid.models.vision.Preprocessing.ChannelOrder;
import org.pellucid.models.vision.Preprocessing.Normalisation;
import org.pellucid.weights.onnx.GraphNode;
import org.pellucid.weights.onnx.GraphValue;

/**
 * An ONNX graph as a classifier of images: from images in 0..1, {@code [batch, channels, height,
 * width]} whatever the graph's own order, to a row of logits for each.
 *
 * <p>Its layers are the values on the way, under their names in the file: images, which taps
 * receive as {@code [batch, height, width, channels]}, and features. A softmax at the graph's end
 * is left out, so that outputs are logits; a graph that ends in the sigmoid of one number gives
 * two, 0 and that number before the sigmoid. {@link #notes} says so.
 *
 * <p>It owns the graph and closes it.
 */
public final class OnnxImageModel implements ImageModel, RandomisableModel {
  private final OnnxModel model;
  private final GraphImage image;
  private final int height;
  private final int width;
  private final ClassOutput output;
  private final ImageLayers layers;
  private final Map<String, long[]> shapes;
  private final GraphPreparation preparation;

  /**
   * A classifier of images of one size, which runs the graph once to find out the shapes inside.
   *
   * @param image what the graph takes
   * @param height of its images in pixels
   * @param width of its images in pixels
   * @param output the name of the value that holds a number for each class; may be left open where
   *     only one of the graph's outputs does
   * @param normalisation of images in 0..1, in the image's order of channels
   * @param order of the channels that the graph takes
   * @throws ModelFileException if the graph can't compute images of this size, or gives no such
   *     output
   */
  public OnnxImageModel(
      OnnxModel model,
      GraphImage image,
      int height,
      int width,
      Optional<String> output,
      Normalisation normalisation,
      ChannelOrder order) {
    this.model = model;
    this.image = image;
    this.height = height;
    this.width = width;
    checkSide(image.height().orElse(height), height, "height");
    checkSide(image.width().orElse(width), width, "width");
    check(
        order == ChannelOrder.RGB || image.channels() == 3,
        "%s takes grey images, so there is no order of colours",
        model.graph().path());
    this.shapes = shapes(output);
    this.output = ClassOutput.of(model, output, shapes);
    this.layers =
        ImageLayers.of(nodes(Set.of(image.input())), image.input(), image.channelsLast(), shapes);
    this.preparation = GraphPreparation.of(model.type(), normalisation, order);
  }

  /** The same classifier by a graph with other parameters. */
  private OnnxImageModel(OnnxImageModel other, OnnxModel model) {
    this.model = model;
    this.image = other.image;
    this.height = other.height;
    this.width = other.width;
    this.output = other.output;
    this.layers = other.layers;
    this.shapes = other.shapes;
    this.preparation = other.preparation.copy();
  }

  private void checkSide(int own, int given, String what) {
    check(
        own == given,
        "%s takes images of a %s of %d pixels, not of %d; leave the size out, or export it with"
            + " open axes",
        model.graph().path(),
        what,
        own,
        given);
  }

  /** The shapes of the values on the engine, found by a run of one black image. */
  private Map<String, long[]> shapes(Optional<String> chosen) {
    var outputs = model.outputs().stream().map(GraphValue::name).toList();
    chosen.ifPresent(
        name ->
            check(
                model.valueNames().contains(name),
                "%s gives no value %s; its outputs are %s",
                model.graph().path(),
                name,
                String.join(", ", outputs)));
    var wanted = chosen.map(Set::of).orElseGet(() -> Set.copyOf(outputs));
    var found = new LinkedHashMap<String, long[]>();
    checkFits(model, image, height, width);
    try (var tape = new Tape(Engine.standard())) {
      var x = tape.allocate(model.type(), 1, image.channels(), height, width);
      x.set(new float[Math.toIntExact(x.elements())]);
      var channelsLast = Transpose.apply(tape, x, 0, 2, 3, 1);
      Map<String, Value> given =
          Map.of(image.input(), new Real(channelsLast, !image.channelsLast()));
      model.program().run(tape, given, wanted, new ShapeListener(found));
    } catch (IllegalArgumentException e) {
      throw new ModelFileException(
          "%s can't compute an image of %d channels and %d x %d pixels: %s %s"
              .formatted(
                  model.graph().path(), image.channels(), height, width, e.getMessage(), remedy()),
          e);
    }
    return found;
  }

  private static void checkFits(OnnxModel model, GraphImage image, int height, int width) {
    var numbers = (double) image.channels() * height * width;
    ModelFileException.check(
        numbers <= Integer.MAX_VALUE
            && numbers * model.type().bytes() <= Engine.standard().freeMemory(),
        "%s takes images of %d x %d pixels, more than the memory holds; give a smaller size",
        model.graph().path(),
        height,
        width);
  }

  private String remedy() {
    var batch =
        model
            .inputs()
            .getFirst()
            .axes()
            .map(axes -> axes.getFirst().size())
            .orElse(OptionalLong.empty());
    if (batch.orElse(1) > 1) {
      return "It was exported for %d images at a time; export it with an open batch axis."
          .formatted(batch.getAsLong());
    }
    return image.height().isPresent() && image.width().isPresent()
        ? "Export it again."
        : "Give the size that it was trained on by --size HEIGHTxWIDTH.";
  }

  private record ShapeListener(Map<String, long[]> shapes) implements GraphProgram.Listener {
    @Override
    public boolean hears(String name) {
      return true;
    }

    @Override
    public Value value(String name, Value value) {
      if (value instanceof Real) {
        shapes.put(name, value.shape());
      }
      return value;
    }

    @Override
    public boolean stopsAt(String name) {
      return false;
    }
  }

  /** The nodes that lead from given values to the output. */
  private List<GraphNode> nodes(Set<String> given) {
    return Schedule.needed(
        model.program().steps().stream().map(Step::node).toList(), Set.of(output.name()), given);
  }

  /** The graph. */
  public OnnxModel model() {
    return model;
  }

  /** Sentences on what was chosen of the graph: its output, and what of its end was left out. */
  public List<String> notes() {
    return output.notes();
  }

  @Override
  public long[] inputShape() {
    return new long[] {image.channels(), height, width};
  }

  @Override
  public int outputs() {
    return output.isOdds() ? 2 : output.size();
  }

  @Override
  public ElementType type() {
    return model.type();
  }

  @Override
  public List<String> layerNames() {
    return layers.names();
  }

  /** See {@link GraphParameters}. */
  @Override
  public List<String> layersWithParameters() {
    return parameters().layers();
  }

  @Override
  public OnnxImageModel randomised(Set<String> chosen, long seed) {
    var copy = parameters().randomised(chosen, Initialisation.PYTORCH, seed);
    return new OnnxImageModel(this, copy);
  }

  private GraphParameters parameters() {
    return GraphParameters.between(model, image.input(), Set.of(output.name()));
  }

  /** 1 where the graph was exported for one image at a time, else any number. */
  @Override
  public int largestBatch() {
    return model.largestBatch();
  }

  @Override
  public Optional<MemoryEstimate> memory(Kernels kernels) {
    return Optional.of(
        GraphMemory.of(model, image.input(), Set.of(output.name()), shapes, inputShape()));
  }

  @Override
  public long weightBytes() {
    return GraphMemory.weightBytes(model, nodes(Set.of(image.input())));
  }

  @Override
  public Tensor forward(Tape tape, Tensor images, Taps taps) {
    Shapes.checkShape("A batch of images", images, images.size(0), image.channels(), height, width);
    return forward(
        tape,
        images,
        taps,
        layers.names()::contains,
        x -> Map.of(image.input(), new Real(preparation.apply(tape, x), !image.channelsLast())));
  }

  /** A model of what follows a layer. */
  @Override
  public Optional<Model> after(String layer) {
    check(layers.names().contains(layer), "The graph has no layer %s", layer);
    var later = new HashSet<String>();
    var needed = nodes(Set.of(layer));
    needed.forEach(node -> later.addAll(node.outputs()));
    var needsImage = needed.stream().anyMatch(node -> node.inputs().contains(image.input()));
    return needsImage || needed.isEmpty()
        ? Optional.empty()
        : Optional.of(new GraphTail(this, layer, later));
  }

  /** The shape of a layer's output for one image, {@code [channels, height, width]} of an image. */
  long[] layerShape(String layer) {
    var shape = shapes.get(layer);
    if (shape.length == 4 && layers.channelsLast().contains(layer)) {
      return new long[] {shape[3], shape[1], shape[2]};
    }
    var rest = new long[shape.length - 1];
    System.arraycopy(shape, 1, rest, 0, rest.length);
    return rest;
  }

  /** Computes the logits from what a layer gave, with channels first. */
  Tensor forwardAfter(
      Tape tape, String layer, Tensor values, Taps taps, Predicate<String> isLayer) {
    return forward(tape, values, taps, isLayer, x -> Map.of(layer, layerValue(tape, layer, x)));
  }

  private Value layerValue(Tape tape, String layer, Tensor x) {
    if (x.rank() != 4) {
      return new Real(tape.keep(x), false);
    }
    var last = Transpose.apply(tape, x, 0, 2, 3, 1);
    return new Real(last, !layers.channelsLast().contains(layer));
  }

  private Tensor forward(
      Tape tape,
      Tensor inputs,
      Taps taps,
      Predicate<String> isLayer,
      Function<Tensor, Map<String, Value>> given) {
    return ExampleByExample.run(
        model,
        tape,
        inputs,
        taps,
        (examples, _) -> pass(tape, given.apply(examples), examples.size(0), taps, isLayer));
  }

  private Tensor pass(
      Tape tape, Map<String, Value> given, long batch, Taps taps, Predicate<String> isLayer) {
    var listener = new TappedValues(tape, taps, isLayer, layers.channelsLast());
    var results = model.program().run(tape, given, Set.of(output.name()), listener);
    if (!results.containsKey(output.name())) {
      return ((Real) results.values().iterator().next()).tensor();
    }
    var result = results.get(output.name());
    check(
        result instanceof Real,
        "The output %s doesn't depend on the image by anything that has a gradient",
        output.name());
    var ordered = OnnxModel.inGraphsOrder(tape, (Real) result);
    var rows = Reshape.apply(tape, ordered, batch, output.size());
    return output.isOdds() ? Concatenate.apply(tape, 1, Scale.apply(tape, rows, 0), rows) : rows;
  }

  @Override
  public void close() {
    preparation.close();
    model.close();
  }
}
