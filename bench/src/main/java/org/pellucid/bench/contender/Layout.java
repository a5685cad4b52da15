package org.pellucid.bench.contender;

import org.pellucid.engine.tensor.Tensor;

/** Between PyTorch's layouts, channels first, and this project's, channels last. */
final class Layout {
  private Layout() {}

  /** An image batch {@code [batch, height, width, channels]} from channels-first numbers. */
  static Tensor images(float[] values, int batch, int channels, int height, int width) {
    var pixels = height * width;
    var result = new float[values.length];
    for (var n = 0; n < batch; n++) {
      for (var c = 0; c < channels; c++) {
        for (var p = 0; p < pixels; p++) {
          result[(n * pixels + p) * channels + c] = values[(n * channels + c) * pixels + p];
        }
      }
    }
    return Tensor.of(result, batch, height, width, channels);
  }

  /** The numbers of {@code [batch, height, width, channels]} with channels first. */
  static float[] channelsFirst(Tensor images) {
    var batch = (int) images.size(0);
    var pixels = (int) (images.size(1) * images.size(2));
    var channels = (int) images.size(3);
    var values = images.toFloats();
    var result = new float[values.length];
    for (var n = 0; n < batch; n++) {
      for (var p = 0; p < pixels; p++) {
        for (var c = 0; c < channels; c++) {
          result[(n * channels + c) * pixels + p] = values[(n * pixels + p) * channels + c];
        }
      }
    }
    return result;
  }

  /** Weights {@code [height, width, channels, filters]} from {@code [filters, channels, …]}. */
  static Tensor weight(float[] values, int filters, int channels, int side) {
    var area = side * side;
    var result = new float[values.length];
    for (var k = 0; k < filters; k++) {
      for (var c = 0; c < channels; c++) {
        for (var p = 0; p < area; p++) {
          result[(p * channels + c) * filters + k] = values[(k * channels + c) * area + p];
        }
      }
    }
    return Tensor.of(result, side, side, channels, filters);
  }

  /** The numbers of {@code [height, width, channels, filters]} as PyTorch orders them. */
  static float[] filtersFirst(Tensor weight) {
    var area = (int) (weight.size(0) * weight.size(1));
    var channels = (int) weight.size(2);
    var filters = (int) weight.size(3);
    var values = weight.toFloats();
    var result = new float[values.length];
    for (var k = 0; k < filters; k++) {
      for (var c = 0; c < channels; c++) {
        for (var p = 0; p < area; p++) {
          result[(k * channels + c) * area + p] = values[(p * channels + c) * filters + k];
        }
      }
    }
    return result;
  }
}
