package org.pellucid.engine.ops;

import java.util.Arrays;
import org.pellucid.engine.kernels.Rectifier;
import org.pellucid.engine.kernels.SlidingWindow;

/** Plain loops in double precision that say what the larger operations compute. */
final class Reference {
  private Reference() {}

  /** Inputs: image {@code [n, h, w, c]}, weight {@code [i, j, c, k]}, bias {@code [k]}. */
  static double[] convolution(
      double[][] in, int n, int h, int w, int c, int k, SlidingWindow window, Rectifier rectifier) {
    var rows = window.outputHeight(h);
    var columns = window.outputWidth(w);
    var y = new double[n * rows * columns * k];
    for (var o = 0; o < y.length; o++) {
      var filter = o % k;
      var column = o / k % columns * window.strideWidth() - window.paddingWidth();
      var row = o / k / columns % rows * window.strideHeight() - window.paddingHeight();
      var image = o / k / columns / rows;
      var sum = in[2][filter];
      for (var i = 0; i < window.height(); i++) {
        for (var j = 0; j < window.width(); j++) {
          var py = row + i;
          var px = column + j;
          for (var z = 0; z < c && py >= 0 && px >= 0 && py < h && px < w; z++) {
            sum +=
                in[0][((image * h + py) * w + px) * c + z]
                    * in[1][((i * window.width() + j) * c + z) * k + filter];
          }
        }
      }
      y[o] = rectify(sum, rectifier);
    }
    return y;
  }

  static double rectify(double sum, Rectifier rectifier) {
    return Math.clamp(sum, rectifier.least(), rectifier.most());
  }

  static double[] maxPool(double[] x, int n, int h, int w, int c, SlidingWindow window) {
    var rows = window.outputHeight(h);
    var columns = window.outputWidth(w);
    var y = new double[n * rows * columns * c];
    Arrays.fill(y, Double.NEGATIVE_INFINITY);
    for (var o = 0; o < y.length; o++) {
      var column = o / c % columns * window.strideWidth() - window.paddingWidth();
      var row = o / c / columns % rows * window.strideHeight() - window.paddingHeight();
      var image = o / c / columns / rows;
      for (var i = Math.max(row, 0); i < Math.min(row + window.height(), h); i++) {
        for (var j = Math.max(column, 0); j < Math.min(column + window.width(), w); j++) {
          y[o] = Math.max(y[o], x[((image * h + i) * w + j) * c + o % c]);
        }
      }
    }
    return y;
  }

  /** The mean over all pixels of a window, those of the padding counted as 0. */
  static double[] averagePool(double[] x, int n, int h, int w, int c, SlidingWindow window) {
    var rows = window.outputHeight(h);
    var columns = window.outputWidth(w);
    var y = new double[n * rows * columns * c];
    for (var o = 0; o < y.length; o++) {
      var column = o / c % columns * window.strideWidth() - window.paddingWidth();
      var row = o / c / columns % rows * window.strideHeight() - window.paddingHeight();
      var image = o / c / columns / rows;
      for (var i = Math.max(row, 0); i < Math.min(row + window.height(), h); i++) {
        for (var j = Math.max(column, 0); j < Math.min(column + window.width(), w); j++) {
          y[o] += x[((image * h + i) * w + j) * c + o % c] / window.height() / window.width();
        }
      }
    }
    return y;
  }

  /** Inputs: query, key and value, the heads side by side; one mask number a key of each batch. */
  static double[] attention(
      double[][] in, double[] mask, int batch, int queries, int heads, int headSize) {
    var hidden = heads * headSize;
    var keys = mask.length / batch;
    var y = new double[batch * queries * hidden];
    for (var row = 0; row < batch * queries * heads; row++) {
      var head = row % heads * headSize;
      var query = row / heads * hidden + head;
      var firstKey = row / heads / queries * keys;
      var scores = new double[keys];
      for (var k = 0; k < keys; k++) {
        for (var i = 0; i < headSize; i++) {
          scores[k] += in[0][query + i] * in[1][(firstKey + k) * hidden + head + i];
        }
        scores[k] = scores[k] / Math.sqrt(headSize) + mask[firstKey + k];
      }
      var probabilities = softmax(scores, keys);
      for (var k = 0; k < keys; k++) {
        for (var i = 0; i < headSize; i++) {
          y[query + i] += probabilities[k] * in[2][(firstKey + k) * hidden + head + i];
        }
      }
    }
    return y;
  }

  static double[] softmax(double[] x, int width) {
    var y = new double[x.length];
    for (var row = 0; row < x.length; row += width) {
      var sum = 0.0;
      for (var i = row; i < row + width; i++) {
        sum += Math.exp(x[i]);
      }
      for (var i = row; i < row + width; i++) {
        y[i] = Math.exp(x[i]) / sum;
      }
    }
    return y;
  }
}
