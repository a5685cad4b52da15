package org.pellucid.explain.perturbation;

import java.util.function.IntFunction;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.segmentation.Segmentation;

/**
 * An image as a game: its superpixels are the players, and a coalition is worth the target's number
 * for the image in which only its superpixels are shown.
 */
final class SuperpixelGame {
  private final Evaluator evaluator;
  private final Target target;
  private final RunOptions options;
  private final MaskedImages images;
  private final int[] columns;
  private final int players;
  private final int height;
  private final int width;

  /**
   * Divides the image.
   *
   * @param title of the method that asks
   * @throws IllegalArgumentException if the input is no image or the target a layer's
   */
  SuperpixelGame(
      String title,
      Evaluator evaluator,
      Values input,
      Target target,
      RunOptions options,
      Segmentation segmentation,
      HideColour baseline) {
    Scores.checkImage(title, input.rank(), target);
    this.evaluator = evaluator;
    this.target = target;
    this.options = options;
    this.height = input.size(1);
    this.width = input.size(2);
    var image = input.toArray();
    var superpixels = segmentation.segment(image, height, width, (int) options.seed());
    this.players = superpixels.count();
    this.columns = MaskedImages.columns(superpixels, superpixels.firstLabel());
    this.images = new MaskedImages(image, superpixels, columns, baseline);
  }

  int players() {
    return players;
  }

  /**
   * What coalitions are worth.
   *
   * @param coalitions which players are in the coalition of a number; called by several threads
   */
  double[] worths(int count, IntFunction<boolean[]> coalitions) {
    return Scores.of(
        evaluator,
        count,
        (number, into, offset) -> images.write(coalitions.apply(number), into, offset),
        target,
        options);
  }

  /** What the coalitions of a matrix's rows are worth. */
  double[] worths(BitMatrix coalitions) {
    return Scores.of(
        evaluator,
        coalitions.rows(),
        (row, into, offset) -> images.write(coalitions, row, into, offset),
        target,
        options);
  }

  /** A map {@code [height, width]} of the players' numbers. */
  Values map(double[] numbers) {
    return Values.of(LimeExplanation.map(columns, numbers), height, width);
  }
}
