package org.pellucid.explain.attribution;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.Arrays;
import java.util.List;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.Objective;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.method.Guidance;
import org.pellucid.explain.method.MethodDescriptor;
import org.pellucid.explain.method.Parameter;
import org.pellucid.explain.method.ParameterType;
import org.pellucid.explain.method.ParameterValues;

/**
 * The gradient of a class's score or loss with respect to the input (Simonyan, Vedaldi and
 * Zisserman, 2013).
 *
 * @param of the score, the loss or the probability
 * @param absolute whether signs are dropped
 * @param largestChannel whether each place shows only its largest channel; an input {@code
 *     [channels, height, width]} then has a map {@code [height, width]}
 * @param lossImages the number of images whose mean loss is taken; the homework's batch had ten
 */
public record Saliency(Objective of, boolean absolute, boolean largestChannel, int lossImages)
    implements GradientMethod {
  private static final Parameter<Objective> OF =
      Parameter.of(
              "of",
              ParameterType.choice(Objective.class),
              Objective.SCORE,
              "The function that is differentiated.")
          .homework(Objective.LOSS);
  private static final Parameter<Boolean> ABSOLUTE =
      Parameter.of("absolute", ParameterType.trueOrFalse(), true, "Whether signs are dropped.");
  private static final Parameter<Boolean> LARGEST_CHANNEL =
      Parameter.of(
              "largest-channel",
              ParameterType.trueOrFalse(),
              false,
              "Whether each pixel shows only its largest channel.")
          .homework(true);
  private static final Parameter<Integer> LOSS_IMAGES =
      Parameter.of(
              "loss-images",
              ParameterType.wholeNumber(1, Integer.MAX_VALUE),
              1,
              "The number of images whose mean loss is taken.")
          .homework(inputs -> Math.max(1, inputs));

  /** The method with its parameters. */
  public static final MethodDescriptor DESCRIPTOR =
      new MethodDescriptor(
              "saliency",
              "Saliency",
              "The magnitude of the gradient at the input: where a small change matters most.",
              "K. Simonyan, A. Vedaldi, A. Zisserman: Deep inside convolutional networks, 2013",
              new Guidance(
                  "Where does the smallest change of the image change the score most?",
                  "One forward and one backward pass.",
                  "It tells where the score is sensitive, not what the score is made of: a class"
                      + " that is certain has hardly any gradient where it is seen, and on most"
                      + " networks the map is noisy."),
              List.of(OF, ABSOLUTE, LARGEST_CHANNEL, LOSS_IMAGES),
              (values, model) ->
                  List.of(
                      new Saliency(
                          values.get(OF),
                          values.get(ABSOLUTE),
                          values.get(LARGEST_CHANNEL),
                          values.get(LOSS_IMAGES))))
          .texts(MethodDescriptor.TextInput.EMBEDDINGS);

  /**
   * Checks the number of images.
   *
   * @throws IllegalArgumentException if there is none
   */
  public Saliency {
    check(lossImages > 0, "A mean loss is of at least one image, not %d", lossImages);
  }

  /** The magnitude of the score's gradient, as the literature shows it. */
  public static Saliency standard() {
    return new Saliency(Objective.SCORE, true, false, 1);
  }

  /**
   * The homework's definition: the mean loss of a batch, its largest channel.
   *
   * @param images the size of the batch
   */
  public static Saliency homework(int images) {
    return new Saliency(Objective.LOSS, true, true, images);
  }

  @Override
  public MethodDescriptor descriptor() {
    return DESCRIPTOR;
  }

  @Override
  public ParameterValues parameters() {
    return ParameterValues.none()
        .with(OF, of)
        .with(ABSOLUTE, absolute)
        .with(LARGEST_CHANNEL, largestChannel)
        .with(LOSS_IMAGES, lossImages);
  }

  @Override
  public long[] mapShape(Evaluator evaluator) {
    var shape = evaluator.model().inputShape();
    return largestChannel && shape.length > 2 ? Arrays.copyOfRange(shape, 1, shape.length) : shape;
  }

  @Override
  public void maps(
      Evaluator evaluator,
      int count,
      Evaluator.Inputs inputs,
      Target target,
      RunOptions options,
      Evaluator.Receiver receiver) {
    var shape = evaluator.model().inputShape();
    var channels = largestChannel && shape.length > 2 ? (int) shape[0] : 1;
    var map = new double[evaluator.inputSize() / channels];
    evaluator.gradients(
        count,
        inputs,
        of.of(target),
        options,
        (number, gradient, offset) -> {
          Arrays.fill(map, Double.NEGATIVE_INFINITY);
          for (var i = 0; i < map.length * channels; i++) {
            var value = gradient[offset + i] / lossImages;
            var at = i % map.length;
            map[at] = Math.max(map[at], absolute ? Math.abs(value) : value);
          }
          receiver.accept(number, map, 0);
        });
  }
}
