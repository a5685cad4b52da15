package org.pellucid.explain.attribution.cam;

import java.util.List;
import org.pellucid.explain.embedding.SymmetricEigen;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.method.Explanation;
import org.pellucid.explain.method.Guidance;
import org.pellucid.explain.method.Method;
import org.pellucid.explain.method.MethodDescriptor;
import org.pellucid.explain.method.ParameterValues;

/**
 * {@code L = A v}: a layer's outputs {@code A}, {@code [places, channels]}, projected onto their
 * first right singular vector {@code v} (Muhammad and Yeasin, 2020). The sign, which a singular
 * vector doesn't have, is the one that makes the map's sum positive. Outputs are not centred, as in
 * the paper; pytorch-grad-cam subtracts each channel's mean. The target has no influence.
 *
 * @param settings which layer, which signs, and how it is brought to the input's size
 */
public record EigenCam(CamSettings settings) implements Method {
  /** The method with its parameters. */
  public static final MethodDescriptor DESCRIPTOR =
      new MethodDescriptor(
          "eigen-cam",
          "Eigen-CAM",
          "Where a late layer sees most of what it sees at all, whatever the class: the first"
              + " principal component of its outputs.",
          "M. B. Muhammad, M. Yeasin: Eigen-CAM, class activation map using principal components,"
              + " 2020",
          new Guidance(
              "What does the layer see most of, whatever the class?",
              "One forward pass down to the layer, and one for the outputs.",
              "It is the same for every class, so it can't tell why one and not another was"
                  + " chosen."),
          List.of(CamSettings.LAYER, CamSettings.RELU, CamSettings.INTERPOLATION),
          (values, model) ->
              List.of(new EigenCam(CamSettings.of(values, CamSettings.RELU, model))));

  /** The map of the last layer with places. */
  public static EigenCam standard() {
    return new EigenCam(CamSettings.standard());
  }

  @Override
  public MethodDescriptor descriptor() {
    return DESCRIPTOR;
  }

  @Override
  public ParameterValues parameters() {
    return settings.values(CamSettings.RELU);
  }

  @Override
  public Explanation explain(Evaluator evaluator, Values input, Target target, RunOptions options) {
    var layer = settings.layer().withPlaces(evaluator);
    var resolved = new EigenCam(settings.withLayer(layer.name()));
    var explanation = Explanation.begin(resolved, evaluator, input, target, options);
    options.progress().step(0, 1);
    var channels = new Channels(layer, evaluator.layerOutput(layer.name(), input));
    var projection = projection(channels);
    options.progress().step(1, 1);
    return explanation
        .quality(
            "explainedShare",
            projection.share(),
            "The part of the squared outputs that the map stands for; 1 is all.")
        .detail(GradientCam.LAYER_MAP, layer.map(settings.rectified(projection.map())))
        .end(
            Values.of(
                settings.upsampled(settings.rectified(projection.map()), layer, input.shape()),
                layer.mapShape(input.shape())));
  }

  private record Projection(double[] map, double share) {}

  /** Of {@code A Aᵀ} or {@code Aᵀ A}, the smaller one. */
  private static Projection projection(Channels channels) {
    var places = channels.layer().places();
    var rows = new double[channels.layer().channels()][];
    for (var channel = 0; channel < rows.length; channel++) {
      rows[channel] = channels.of(channel);
    }
    var byPlaces = places < rows.length;
    var eigen = new SymmetricEigen(byPlaces ? products(transposed(rows, places)) : products(rows));
    var vector = eigen.vector(0);
    var map = new double[places];
    if (byPlaces) {
      var length = Math.sqrt(Math.max(0, eigen.value(0)));
      for (var place = 0; place < places; place++) {
        map[place] = length * vector[place];
      }
    } else {
      for (var channel = 0; channel < rows.length; channel++) {
        for (var place = 0; place < places; place++) {
          map[place] += vector[channel] * rows[channel][place];
        }
      }
    }
    return new Projection(upright(map), share(rows, eigen.value(0)));
  }

  private static double share(double[][] rows, double value) {
    var all = 0.0;
    for (var row : rows) {
      for (var number : row) {
        all += number * number;
      }
    }
    return all == 0 ? 1 : value / all;
  }

  private static double[] upright(double[] map) {
    var sum = 0.0;
    for (var number : map) {
      sum += number;
    }
    for (var i = 0; sum < 0 && i < map.length; i++) {
      map[i] = -map[i];
    }
    return map;
  }

  private static double[][] transposed(double[][] rows, int columns) {
    var result = new double[columns][rows.length];
    for (var i = 0; i < rows.length; i++) {
      for (var j = 0; j < columns; j++) {
        result[j][i] = rows[i][j];
      }
    }
    return result;
  }

  /** The inner products of all pairs of rows. */
  private static double[][] products(double[][] rows) {
    var result = new double[rows.length][rows.length];
    for (var i = 0; i < rows.length; i++) {
      for (var j = 0; j <= i; j++) {
        for (var k = 0; k < rows[i].length; k++) {
          result[i][j] += rows[i][k] * rows[j][k];
        }
        result[j][i] = result[i][j];
      }
    }
    return result;
  }
}
