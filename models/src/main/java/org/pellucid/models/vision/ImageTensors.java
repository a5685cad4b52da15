package org.pellucid.models.vision;

import static org.pellucid.engine.tensor.Shapes.check;

import java.nio.file.Path;
import java.util.Arrays;
import org.pellucid.weights.DType;
import org.pellucid.weights.numpy.Npy;
import org.pellucid.weights.numpy.NpyArray;

/**
 * Images as a network's input: resized to its height and width, channels first, colour or grey by
 * the number of its channels.
 */
public final class ImageTensors {
  private ImageTensors() {}

  /**
   * Reads an image file, or a tensor in an {@code .npy} file.
   *
   * @param shape {@code [channels, height, width]}
   * @return values of that shape
   * @throws org.pellucid.weights.UnusableFileException if the file can't be read or holds no image
   */
  public static float[] read(Path file, long... shape) {
    return file.toString().endsWith(".npy")
        ? of(Npy.read(file), file.toString(), shape)
        : of(Image.read(file), shape);
  }

  /**
   * An image resized by {@link Resize#bilinear(Image, int, int)}; for one channel it is {@linkplain
   * Image#grey() made grey} first, as Pillow's {@code convert("L")} does.
   *
   * @param shape {@code [channels, height, width]}
   * @return values of that shape in 0..1
   * @throws IllegalArgumentException if the shape has neither one channel nor three
   */
  public static float[] of(Image image, long... shape) {
    var channels = (int) shape[0];
    check(
        channels == 1 || channels == Image.CHANNELS,
        "An image has 1 or %d channels, but the network takes %d; give it tensors (.npy)",
        Image.CHANNELS,
        channels);
    var source = channels == 1 ? image.grey() : image;
    var values = Resize.bilinear(source, (int) shape[2], (int) shape[1]).toFloats();
    return Arrays.copyOf(values, values.length / Image.CHANNELS * channels);
  }

  /**
   * An array resized by {@link Resize#bilinear(float[], int, int, int, int)}.
   *
   * @param array floating-point numbers {@code [channels, height, width]}, which are taken as they
   *     are, or unsigned bytes {@code [height, width, 3]}
   * @param origin file or name of the array, for messages
   * @param shape {@code [channels, height, width]}
   * @return values of that shape
   * @throws ImageException if the array has another type or shape
   */
  public static float[] of(NpyArray array, String origin, long... shape) {
    var info = array.tensor().info();
    var size = array.shape();
    if (info.dtype() == DType.U8 && size.length == 3 && size[2] == Image.CHANNELS) {
      return of(bytes(array), shape);
    }
    if (!info.dtype().isFloatingPoint() || size.length != 3 || size[0] != shape[0]) {
      throw new ImageException(
          "%s holds %s, but an image is float32 [%d, height, width] or uint8 [height, width, %d]"
              .formatted(origin, info, shape[0], Image.CHANNELS));
    }
    return Resize.bilinear(
        array.floats(), (int) size[2], (int) size[1], (int) shape[2], (int) shape[1]);
  }

  private static Image bytes(NpyArray array) {
    var values = array.ints();
    var samples = new byte[values.length];
    for (var i = 0; i < samples.length; i++) {
      samples[i] = (byte) values[i];
    }
    return Image.of((int) array.shape()[1], (int) array.shape()[0], samples);
  }
}
