package org.pellucid.testing;

import org.pellucid.engine.kernels.SlidingWindow;
import org.pellucid.engine.tensor.Tensor;

/**
 * Where the elements under a pooling's window lie in a dense channels-last tensor.
 *
 * @param out the pooling's output
 */
record WindowIndex(Tensor input, SlidingWindow window, Tensor out) {

  /** The elements under a window, padding included. */
  int size() {
    return window.height() * window.width();
  }

  /**
   * The index of an element.
   *
   * @param output the index of the output's element
   * @param position the element's position in the window, row by row
   * @return the index in the input, or −1 for padding
   */
  int of(int output, int position) {
    var channels = (int) out.size(3);
    var height = (int) input.size(1);
    var width = (int) input.size(2);
    var pixel = output / channels;
    var column = pixel % (int) out.size(2);
    var row = pixel / (int) out.size(2) % (int) out.size(1);
    var image = pixel / (int) out.size(2) / (int) out.size(1);
    var y = row * window.strideHeight() - window.paddingHeight() + position / window.width();
    var x = column * window.strideWidth() - window.paddingWidth() + position % window.width();
    return y < 0 || y >= height || x < 0 || x >= width
        ? -1
        : ((image * height + y) * width + x) * channels + output % channels;
  }
}
