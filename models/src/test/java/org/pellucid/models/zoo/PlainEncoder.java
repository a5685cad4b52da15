package org.pellucid.models.zoo;

import java.util.Arrays;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;

/**
 * BERT's equations (Devlin et al., 2019; Vaswani et al., 2017) written down as plain loops in
 * double precision, to compare a network with.
 *
 * @param weights by the names that a family gives them, in C order
 * @param names from BERT's names to the family's
 */
record PlainEncoder(
    Map<String, double[]> weights,
    UnaryOperator<String> names,
    int embedding,
    int hidden,
    int inner,
    int heads,
    int layers,
    DoubleUnaryOperator activation) {
  private static final double EPSILON = 1e-12;

  /** Abramowitz and Stegun, 7.1.5 and 7.1.14: a series near 0, a continued fraction beyond. */
  static double erf(double x) {
    var size = Math.abs(x);
    if (size < 2.5) {
      var term = size;
      var sum = size;
      for (var n = 1; n < 80; n++) {
        term *= -size * size / n;
        sum += term / (2 * n + 1);
      }
      return Math.copySign(2 / Math.sqrt(Math.PI) * sum, x);
    }
    var fraction = size;
    for (var n = 120; n > 0; n--) {
      fraction = size + n / 2.0 / fraction;
    }
    return Math.copySign(1 - Math.exp(-size * size) / Math.sqrt(Math.PI) / fraction, x);
  }

  static double gelu(double x) {
    return x / 2 * (1 + erf(x / Math.sqrt(2)));
  }

  static double tanhGelu(double x) {
    return x / 2 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
  }

  private double[] of(String name) {
    var found = weights.get(names.apply(name));
    if (found == null) {
      throw new AssertionError("The test lacks " + names.apply(name));
    }
    return found;
  }

  /** The last hidden states, {@code [tokens][hidden]}. */
  double[][] encode(int[] ids, int[] segments) {
    var x = new double[ids.length][embedding];
    var name = "bert.embeddings.";
    for (var t = 0; t < ids.length; t++) {
      for (var i = 0; i < embedding; i++) {
        x[t][i] =
            of(name + "word_embeddings.weight")[ids[t] * embedding + i]
                + of(name + "position_embeddings.weight")[t * embedding + i];
        if (segments.length > 0) {
          x[t][i] += of(name + "token_type_embeddings.weight")[segments[t] * embedding + i];
        }
      }
    }
    x = norm(name + "LayerNorm", x);
    if (embedding != hidden) {
      x = dense("bert.embeddings_project", x, hidden);
    }
    for (var layer = 0; layer < layers; layer++) {
      var part = "bert.encoder.layer." + layer + ".";
      var context = attend(part + "attention.self.", x);
      x =
          norm(
              part + "attention.output.LayerNorm",
              sum(x, dense(part + "attention.output.dense", context, hidden)));
      var wide = activated(dense(part + "intermediate.dense", x, inner));
      x = norm(part + "output.LayerNorm", sum(x, dense(part + "output.dense", wide, hidden)));
    }
    return x;
  }

  private double[][] attend(String name, double[][] x) {
    var q = dense(name + "query", x, hidden);
    var k = dense(name + "key", x, hidden);
    var v = dense(name + "value", x, hidden);
    var size = hidden / heads;
    var context = new double[x.length][hidden];
    for (var head = 0; head < heads; head++) {
      for (var t = 0; t < x.length; t++) {
        var weights = new double[x.length];
        var total = 0.0;
        for (var s = 0; s < x.length; s++) {
          for (var i = head * size; i < (head + 1) * size; i++) {
            weights[s] += q[t][i] * k[s][i];
          }
          weights[s] = Math.exp(weights[s] / Math.sqrt(size));
          total += weights[s];
        }
        for (var s = 0; s < x.length; s++) {
          for (var i = head * size; i < (head + 1) * size; i++) {
            context[t][i] += weights[s] / total * v[s][i];
          }
        }
      }
    }
    return context;
  }

  double[][] dense(String name, double[][] x, int outputs) {
    var weight = of(name + ".weight");
    var bias = of(name + ".bias");
    var y = new double[x.length][outputs];
    for (var t = 0; t < x.length; t++) {
      for (var o = 0; o < outputs; o++) {
        y[t][o] = bias[o];
        for (var i = 0; i < x[t].length; i++) {
          y[t][o] += weight[o * x[t].length + i] * x[t][i];
        }
      }
    }
    return y;
  }

  double[][] norm(String name, double[][] x) {
    var y = new double[x.length][];
    for (var t = 0; t < x.length; t++) {
      var mean = 0.0;
      for (var value : x[t]) {
        mean += value / x[t].length;
      }
      var variance = 0.0;
      for (var value : x[t]) {
        variance += (value - mean) * (value - mean) / x[t].length;
      }
      y[t] = new double[x[t].length];
      for (var i = 0; i < y[t].length; i++) {
        y[t][i] =
            (x[t][i] - mean) / Math.sqrt(variance + EPSILON) * of(name + ".weight")[i]
                + of(name + ".bias")[i];
      }
    }
    return y;
  }

  double[][] activated(double[][] x) {
    var y = new double[x.length][];
    for (var t = 0; t < x.length; t++) {
      y[t] = Arrays.stream(x[t]).map(activation).toArray();
    }
    return y;
  }

  private static double[][] sum(double[][] a, double[][] b) {
    var y = new double[a.length][a[0].length];
    for (var t = 0; t < a.length; t++) {
      for (var i = 0; i < y[t].length; i++) {
        y[t][i] = a[t][i] + b[t][i];
      }
    }
    return y;
  }
}
