package org.pellucid.explain.attribution;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.LinkedHashMap;
import java.util.Map;
import org.pellucid.explain.Explanation;

/**
 * The gradient at the image itself (Simonyan, Vedaldi and Zisserman, 2014).
 *
 * @param of the score or the loss
 * @param absolute whether signs are dropped
 * @param largestChannel whether each pixel shows only its largest channel, a map {@code [height,
 *     width]}
 * @param lossImages the number of images whose mean loss is taken; the homework's batch had ten
 */
public record Saliency(Objective of, boolean absolute, boolean largestChannel, int lossImages)
    implements Attribution {

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
  public String method() {
    return "saliency";
  }

  @Override
  public Map<String, Object> parameters() {
    var parameters = new LinkedHashMap<String, Object>();
    parameters.put("of", of.text());
    parameters.put("absolute", absolute);
    parameters.put("largest-channel", largestChannel);
    parameters.put("loss-images", lossImages);
    return parameters;
  }

  @Override
  public Explanation explain(InputGradients gradients, float[] image, int target, Run run) {
    var start = System.nanoTime();
    run.progress().step(0, 1);
    var batch = gradients.newBatch(1);
    System.arraycopy(Attribution.checked(gradients, image), 0, batch.images(), 0, image.length);
    batch.compute(of, target);
    var values = batch.gradients();
    for (var i = 0; i < values.length; i++) {
      values[i] /= lossImages;
      values[i] = absolute ? Math.abs(values[i]) : values[i];
    }
    var height = (int) gradients.model().inputShape()[1];
    var width = (int) gradients.model().inputShape()[2];
    var shape = largestChannel ? new long[] {height, width} : new long[] {3, height, width};
    run.progress().step(1, 1);
    return Attribution.result(
        this,
        largestChannel ? overChannels(values) : values,
        shape,
        target,
        Attribution.toFloats(batch.logits()),
        run,
        Map.of(),
        start);
  }

  private static double[] overChannels(double[] values) {
    var plane = values.length / 3;
    var map = new double[plane];
    for (var i = 0; i < plane; i++) {
      map[i] = Math.max(values[i], Math.max(values[plane + i], values[2 * plane + i]));
    }
    return map;
  }
}
