package org.pellucid.explain.attribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.function.IntFunction;
import org.pellucid.engine.Engine;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.explain.Goldens;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.models.nn.ConvolutionalNetwork;
import org.pellucid.models.nn.NetworkBuilder;
import org.pellucid.models.zoo.CheckpointParameters;
import org.pellucid.testing.Distance;
import org.pellucid.testing.DoublePrecision;
import org.pellucid.testing.SinglePrecision;
import org.pellucid.weights.files.WeightFiles;
import org.pellucid.weights.numpy.Npz;

/** The tiny network of the goldens with its images and their labels. */
public final class TinyNetwork {
  /** The number of images. */
  public static final int IMAGES = 10;

  /** The number of images whose maps the goldens have in double precision. */
  public static final int EXACT_IMAGES = 3;

  /** The number of values of an image. */
  public static final int SIZE = 3 * 32 * 32;

  /** The distance in double precision, where nothing but the order of sums differs. */
  public static final double EXACT = 1e-7;

  private static final int[] LABELS = {0, 1, 1, 2, 2, 3, 5, 6, 8, 9};

  private TinyNetwork() {}

  /** An array of the goldens. */
  public static double[] array(String file, String name) {
    try (var npz = Npz.open(Goldens.file("goldens/cnn/" + file))) {
      return npz.array(name).doubles();
    }
  }

  /** The network, which the caller closes. */
  public static ConvolutionalNetwork open(ElementType type) {
    try (var checkpoint = WeightFiles.open(Goldens.file("goldens/cnn/checkpoint/tiny_zip.pth"))) {
      var parameters = new CheckpointParameters(checkpoint);
      return NetworkBuilder.build(NetworkBuilder.describe(parameters), parameters, type);
    }
  }

  /** An image, {@code [3, 32, 32]}. */
  public static Values image(int index) {
    var bytes = array("preprocess.npz", "x32_u8");
    var values = new float[SIZE];
    for (var i = 0; i < SIZE; i++) {
      values[i] = (float) bytes[(index * 1024 + i % 1024) * 3 + i / 1024] / 255f;
    }
    return Values.of(values, 3, 32, 32);
  }

  /** An image's label. */
  public static Target label(int index) {
    return Target.output(LABELS[index]);
  }

  /** The part of an array that belongs to one of so many. */
  public static double[] part(double[] all, int index, int count) {
    var size = all.length / count;
    return Arrays.copyOfRange(all, index * size, (index + 1) * size);
  }

  /** The maps of the first images, each for its label, one after another. */
  public static double[] maps(
      Engine engine, ElementType type, int images, IntFunction<GradientMethod> method) {
    try (var network = open(type)) {
      var evaluator = new Evaluator(engine, network);
      var maps = new double[0];
      for (var index = 0; index < images; index++) {
        var map = map(evaluator, index, method.apply(index));
        maps = Arrays.copyOf(maps, images * map.length);
        System.arraycopy(map, 0, maps, index * map.length, map.length);
      }
      return maps;
    }
  }

  private static double[] map(Evaluator evaluator, int index, GradientMethod method) {
    var image = image(index);
    var map = new double[1][];
    method.maps(
        evaluator,
        1,
        (number, into, offset) -> image.copyTo(into, offset),
        label(index),
        RunOptions.standard(),
        (number, row, offset) -> map[0] = row.clone());
    return map[0];
  }

  /**
   * Checks a method against Captum's maps of all images: in double precision those of the first
   * images within 10⁻⁷ and all within what the manifest allows single precision, and in single
   * precision against double precision that takes the same decisions, within the same.
   *
   * @param file of the goldens in single precision, without its ending
   * @param tolerance of the manifest, a relative distance
   */
  public static void check(
      String file, String name, double tolerance, IntFunction<GradientMethod> method) {
    check(file, name, EXACT, tolerance, method);
  }

  /**
   * The same with another distance in double precision.
   *
   * @param exact the largest relative distance in double precision
   */
  public static void check(
      String file,
      String name,
      double exact,
      double tolerance,
      IntFunction<GradientMethod> method) {
    var maps = maps(DoublePrecision.engine(), ElementType.FLOAT64, IMAGES, method);
    var first = Arrays.copyOf(maps, maps.length / IMAGES * EXACT_IMAGES);
    assertThat(Distance.relative(first, array(file + "_f64.npz", name)))
        .as("%s in double precision", name)
        .isLessThan(exact);
    assertThat(Distance.relative(maps, array(file + ".npz", name)))
        .as("%s in single precision", name)
        .isLessThan(tolerance);
    SinglePrecision.check((engine, type) -> maps(engine, type, 2, method), tolerance);
  }
}
