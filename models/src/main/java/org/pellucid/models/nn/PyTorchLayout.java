package org.pellucid.models.nn;

/**
 * Where the numbers of a weight stand in PyTorch's layout: PyTorch's images are channels-first, the
 * engine's channels-last. A layout maps each index in the engine's order to one in PyTorch's.
 */
final class PyTorchLayout {
  private PyTorchLayout() {}

  /** Of a weight {@code [filters, channels, height, width]}, here {@code [height, width, c, f]}. */
  static int[] ofConvolution(int filters, int channels, int area) {
    var layout = new int[filters * channels * area];
    for (var k = 0; k < filters; k++) {
      for (var c = 0; c < channels; c++) {
        for (var p = 0; p < area; p++) {
          layout[(p * channels + c) * filters + k] = (k * channels + c) * area + p;
        }
      }
    }
    return layout;
  }

  /** Of a weight {@code [outputs, channels · pixels]} whose inputs are a flattened image. */
  static int[] ofFlattened(int outputs, int channels, int pixels) {
    var layout = new int[outputs * channels * pixels];
    for (var o = 0; o < outputs; o++) {
      for (var c = 0; c < channels; c++) {
        for (var p = 0; p < pixels; p++) {
          layout[(o * pixels + p) * channels + c] = (o * channels + c) * pixels + p;
        }
      }
    }
    return layout;
  }

  /** PyTorch's numbers in the engine's order. */
  static float[] read(float[] values, int[] layout) {
    var result = new float[values.length];
    for (var i = 0; i < layout.length; i++) {
      result[i] = values[layout[i]];
    }
    return result;
  }

  /** The engine's numbers in PyTorch's order. */
  static double[] write(double[] values, int[] layout) {
    var result = new double[values.length];
    for (var i = 0; i < layout.length; i++) {
      result[layout[i]] = values[i];
    }
    return result;
  }
}
