package org.pellucid.explain.perturbation;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.Arrays;
import java.util.List;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.method.Explanation;
import org.pellucid.explain.method.Guidance;
import org.pellucid.explain.method.MethodDescriptor;
import org.pellucid.explain.method.Parameter;
import org.pellucid.explain.method.ParameterType;
import org.pellucid.explain.method.ParameterValues;

/**
 * Occlusion (Zeiler and Fergus, 2014): moves a window over the image and hides what is below. Each
 * pixel of the map has the mean fall of the score over the windows that covered it; the last window
 * of a row or column is cut at the image's edge. As in Captum.
 *
 * @param window its sides
 * @param stride how far it moves, no farther than its sides, so that no pixel is left out
 * @param eachChannel whether it hides one channel at a time, which gives a map {@code [channels,
 *     height, width]} instead of {@code [height, width]}
 * @param baseline what hidden places show
 */
public record Occlusion(Sides window, Sides stride, boolean eachChannel, HideColour baseline)
    implements HidingMethod {
  private static final int USUAL_WINDOW = 16;
  private static final Parameter<Sides> WINDOW =
      Sides.parameter("window", Sides.square(USUAL_WINDOW), "The sides of the window that hides.")
          .texts(Sides.square(1));
  private static final Parameter<Sides> STRIDE =
      Sides.parameter(
              "stride",
              Sides.square(USUAL_WINDOW / 2),
              "How far the window moves, at most its own sides; smaller ones give finer maps.")
          .texts(Sides.square(1));
  private static final Parameter<Boolean> EACH_CHANNEL =
      Parameter.of(
          "each-channel",
          ParameterType.trueOrFalse(),
          false,
          "Whether the window hides one channel at a time.");
  private static final Parameter<HideColour> BASELINE =
      HideColour.ofPlaces("baseline", HideColour.BLACK);

  /** The method with its parameters. */
  public static final MethodDescriptor DESCRIPTOR =
      new MethodDescriptor(
              "occlusion",
              "Occlusion",
              "How much the score falls when a window hides the place or word; red speaks for the"
                  + " class, blue against it.",
              "M. D. Zeiler, R. Fergus: Visualizing and understanding convolutional networks, 2014",
              new Guidance(
                  "Which places would the score miss most if a window covered them?",
                  "A forward pass for each position of the window, and one; with each-channel as"
                      + " many for each channel.",
                  "A window of another size or colour gives another map, and objects larger than it"
                      + " are never hidden."),
              List.of(WINDOW, STRIDE, EACH_CHANNEL, BASELINE),
              (values, model) ->
                  List.of(
                      new Occlusion(
                          values.get(WINDOW),
                          values.get(STRIDE),
                          values.get(EACH_CHANNEL),
                          values.get(BASELINE))))
          .texts(MethodDescriptor.TextInput.WORDS);

  /**
   * Checks that the windows leave no gaps.
   *
   * @throws IllegalArgumentException if the stride is longer than the window
   */
  public Occlusion {
    check(
        stride.height() <= window.height() && stride.width() <= window.width(),
        "Occlusion's stride of %d x %d leaves gaps between windows of %d x %d; make stride smaller"
            + " or window larger",
        stride.height(),
        stride.width(),
        window.height(),
        window.width());
    check(
        !(baseline instanceof HideColour.SuperpixelMean),
        "Occlusion has no superpixels whose mean colour could hide a window; choose mean instead");
  }

  /** A black window of 16 pixels that moves by 8. */
  public static Occlusion standard() {
    return new Occlusion(
        Sides.square(USUAL_WINDOW), Sides.square(USUAL_WINDOW / 2), false, HideColour.BLACK);
  }

  @Override
  public MethodDescriptor descriptor() {
    return DESCRIPTOR;
  }

  @Override
  public ParameterValues parameters() {
    return ParameterValues.none()
        .with(WINDOW, window)
        .with(STRIDE, stride)
        .with(EACH_CHANNEL, eachChannel)
        .with(BASELINE, baseline);
  }

  @Override
  public HideColour hidden() {
    return baseline;
  }

  @Override
  public Explanation explain(Evaluator evaluator, Values input, Target target, RunOptions options) {
    var explanation = Explanation.begin(this, evaluator, input, target, options);
    Scores.checkImage("Occlusion", input.rank(), target);
    var windows = new Windows(this, input.size(0), input.size(1), input.size(2));
    var image = input.toArray();
    var hidden = baseline.over(image, windows.height, windows.width);
    var scores =
        Scores.of(
            evaluator,
            1 + windows.count(),
            (number, into, offset) -> {
              System.arraycopy(image, 0, into, offset, image.length);
              if (number > 0) {
                windows.forEachRow(
                    number - 1,
                    (start, length) ->
                        System.arraycopy(hidden, start, into, offset + start, length));
              }
            },
            target,
            options);
    return explanation
        .quality("score", scores[0], "The score of the whole image.")
        .quality("windows", windows.count(), "The number of the window's positions.")
        .end(windows.map(scores));
  }

  /** Receives a part of a row of pixels. */
  @FunctionalInterface
  private interface Part {
    void accept(int start, int length);
  }

  /** The window's positions, row by row, channel by channel. */
  private static final class Windows {
    private final Occlusion method;
    private final int channels;
    private final int height;
    private final int width;
    private final int rows;
    private final int columns;

    Windows(Occlusion method, int channels, int height, int width) {
      this.method = method;
      this.channels = channels;
      this.height = height;
      this.width = width;
      rows = positions(height, method.window.height(), method.stride.height());
      columns = positions(width, method.window.width(), method.stride.width());
    }

    private static int positions(int pixels, int window, int stride) {
      return window >= pixels ? 1 : (pixels - window + stride - 1) / stride + 1;
    }

    int count() {
      return Math.multiplyExact(Math.multiplyExact(rows, columns), maps());
    }

    private int maps() {
      return method.eachChannel ? channels : 1;
    }

    /** Visits what a window covers, in the channels that it hides. */
    void forEachRow(int number, Part part) {
      var position = number % (rows * columns);
      var channel = number / (rows * columns);
      var top = position / columns * method.stride.height();
      var left = position % columns * method.stride.width();
      var bottom = (int) Math.min((long) top + method.window.height(), height);
      var right = (int) Math.min((long) left + method.window.width(), width);
      var last = method.eachChannel ? channel + 1 : channels;
      for (var plane = channel; plane < last; plane++) {
        for (var row = top; row < bottom; row++) {
          part.accept((plane * height + row) * width + left, right - left);
        }
      }
    }

    /**
     * The mean fall of each pixel.
     *
     * @param scores of the whole image, then of each window
     */
    Values map(double[] scores) {
      var size = maps() * height * width;
      var sums = new double[size];
      var counts = new int[size];
      for (var number = 0; number < count(); number++) {
        var fall = scores[0] - scores[1 + number];
        forEachRow(
            number,
            (start, length) -> {
              for (var i = start; i < start + length && i < size; i++) {
                sums[i] += fall;
                counts[i]++;
              }
            });
      }
      Arrays.setAll(sums, i -> sums[i] / counts[i]);
      return method.eachChannel
          ? Values.of(sums, channels, height, width)
          : Values.of(sums, height, width);
    }
  }
}
