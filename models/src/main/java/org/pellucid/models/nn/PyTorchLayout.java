package org.pellucid.models.nn;

/**
 * Where the numbers of a weight stand in PyTorch's layout: PyTorch's images are channels-first, the
 * engine's channels-last. In the engine's order a weight has three axes, each with a length and
 * with the distance of its neighbours in PyTorch's order.
 */
record PyTorchLayout(Axis outer, Axis middle, Axis inner) {

  /** One axis of a weight in the engine's order. */
  record Axis(int length, int distance) {}

  /** Of a weight {@code [filters, channels, height, width]}, here {@code [height, width, c, f]}. */
  static PyTorchLayout ofConvolution(int filters, int channels, int area) {
    return new PyTorchLayout(
        new Axis(area, 1), new Axis(channels, area), new Axis(filters, channels * area));
  }

  /** Of a weight {@code [outputs, channels · pixels]} whose inputs are a flattened image. */
  static PyTorchLayout ofFlattened(int outputs, int channels, int pixels) {
    return new PyTorchLayout(
        new Axis(outputs, channels * pixels), new Axis(pixels, 1), new Axis(channels, pixels));
  }

  /** PyTorch's numbers in the engine's order. */
  float[] read(float[] values) {
    var result = new float[values.length];
    int to = 0;
    for (int i = 0; i < outer.length(); i++) {
      for (int j = 0; j < middle.length(); j++) {
        int from = i * outer.distance() + j * middle.distance();
        for (int k = 0; k < inner.length(); k++) {
          result[to++] = values[from + k * inner.distance()];
        }
      }
    }
    return result;
  }

  /** The engine's numbers in PyTorch's order. */
  double[] write(double[] values) {
    var result = new double[values.length];
    int from = 0;
    for (int i = 0; i < outer.length(); i++) {
      for (int j = 0; j < middle.length(); j++) {
        int to = i * outer.distance() + j * middle.distance();
        for (int k = 0; k < inner.length(); k++) {
          result[to + k * inner.distance()] = values[from++];
        }
      }
    }
    return result;
  }
}
