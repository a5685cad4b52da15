package org.pellucid.models.vision;

import static org.pellucid.engine.tensor.Shapes.check;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.pellucid.weights.DType;
import org.pellucid.weights.numpy.Npy;
import org.pellucid.weights.numpy.NpyArray;

/**
 * Images as a network's input: brought to its height and width, channels first, colour or grey by
 * the number of its channels, in the image's own pixels from 0 to 1.
 */
public final class ImageTensors {
  /** Rounding in a resizing by others may go this far beyond 0..1. */
  private static final float SLACK = 0.05f;

  /** No usual normalisation of 0..1 goes as far: it would need a deviation below a tenth. */
  private static final float FARTHEST = 10;

  private ImageTensors() {}

  /**
   * Reads an image file, or a tensor in an {@code .npy} file, stretched to the shape.
   *
   * @param shape {@code [channels, height, width]}
   * @return values of that shape
   * @throws org.pellucid.weights.UnusableFileException if the file can't be read or holds no image
   */
  public static float[] read(Path file, long... shape) {
    return read(file, Preprocessing.standard(), shape).values();
  }

  /**
   * Reads an image file, or a tensor in an {@code .npy} file; its content decides which.
   *
   * @param shape {@code [channels, height, width]}
   * @throws org.pellucid.weights.UnusableFileException if the file can't be read or holds no image
   * @throws IllegalArgumentException if the shape has neither one channel nor three
   */
  public static PreparedImage read(Path file, Preprocessing preprocessing, long... shape) {
    if (ContentKind.isNumpy(ImageSource.head(file))) {
      return of(Npy.read(file), file.toString(), preprocessing, shape);
    }
    var source = ImageSource.of(file);
    var header = ImageDecoder.inspect(source);
    var image = ImageDecoder.read(source, header, preprocessing.upright());
    var remarks = new ArrayList<String>();
    if (header.severalFrames()) {
      remarks.add("holds several frames or pages, of which the first is taken");
    }
    return new PreparedImage(of(image, preprocessing, shape), remarks);
  }

  /**
   * An image stretched to the shape by {@link Resize#bilinear(Image, int, int)}.
   *
   * @param shape {@code [channels, height, width]}
   * @return values of that shape in 0..1
   * @throws IllegalArgumentException if the shape has neither one channel nor three
   */
  public static float[] of(Image image, long... shape) {
    return of(image, Preprocessing.standard(), shape);
  }

  /**
   * An image by {@link Preprocessing#sized(Image, int, int)}; for one channel it is {@linkplain
   * Image#grey() made grey} first, as Pillow's {@code convert("L")} does.
   *
   * @param shape {@code [channels, height, width]}
   * @return values of that shape in 0..1
   * @throws IllegalArgumentException if the shape has neither one channel nor three
   */
  public static float[] of(Image image, Preprocessing preprocessing, long... shape) {
    var channels = (int) shape[0];
    check(
        channels == 1 || channels == Image.CHANNELS,
        "An image has 1 or %d channels, but the network takes %d; give it tensors (.npy)",
        Image.CHANNELS,
        channels);
    var source = channels == 1 ? image.grey() : image;
    var values = preprocessing.sized(source, (int) shape[1], (int) shape[2]).toFloats();
    return Arrays.copyOf(values, values.length / Image.CHANNELS * channels);
  }

  /**
   * The mask of an object, brought to the size as the image is, but without mixing pixels: 1 where
   * it isn't black, else 0. What is padded is no part of the object.
   *
   * @param shape {@code [channels, height, width]} of the image
   * @return {@code [height, width]}
   * @throws ImageException if its proportions make it too large on the way
   */
  public static float[] mask(Image mask, Preprocessing preprocessing, long... shape) {
    var sized =
        preprocessing
            .withInterpolation(Interpolation.NEAREST)
            .sized(mask, (int) shape[1], (int) shape[2]);
    var inside = new float[sized.height() * sized.width()];
    var samples = sized.samples();
    for (var i = 0; i < samples.length; i++) {
      inside[i / Image.CHANNELS] = samples[i] == 0 ? inside[i / Image.CHANNELS] : 1;
    }
    return inside;
  }

  /**
   * An array stretched to the shape; see {@link #of(NpyArray, String, Preprocessing, long...)}.
   *
   * @throws ImageException if the array has another type or shape, or is no image
   */
  public static float[] of(NpyArray array, String origin, long... shape) {
    return of(array, origin, Preprocessing.standard(), shape).values();
  }

  /**
   * An array as an image, brought to its size by {@link Preprocessing#sized(float[], int, int, int,
   * int)}; one of that size already is taken as it is, whatever else would be cut off.
   *
   * @param array floating-point numbers in 0..1, {@code [channels, height, width]} or {@code
   *     [height, width, channels]}, or unsigned bytes {@code [height, width, 3]}; for one channel
   *     also {@code [height, width]}; an axis of 1 may come before. Where the network doesn't
   *     normalise by itself, numbers up to ±10 are taken as they are, for already normalised
   * @param origin file or name of the array, for messages
   * @param shape {@code [channels, height, width]}
   * @throws ImageException if the array has another type or shape, or numbers that can't be pixels
   */
  public static PreparedImage of(
      NpyArray array, String origin, Preprocessing preprocessing, long... shape) {
    var info = array.tensor().info();
    var size =
        ArrayShape.of(array.shape(), (int) shape[0], info.dtype())
            .orElseThrow(
                () ->
                    new ImageException(
                        "%s holds %s %s, but an image is float32 [%d, height, width] or uint8 [height, width, %d]"
                            .formatted(
                                origin,
                                info.dtype(),
                                Arrays.toString(array.shape()),
                                shape[0],
                                Image.CHANNELS)));
    if (info.dtype() == DType.U8) {
      return new PreparedImage(of(bytes(array, size), preprocessing, shape), List.of());
    }
    var values = size.channelsFirst(array.floats());
    var remarks = new ArrayList<String>();
    checkRange(values, origin, preprocessing, remarks);
    var isOfItsSize = size.height() == shape[1] && size.width() == shape[2];
    var sized =
        isOfItsSize
            ? values
            : preprocessing.sized(
                values, size.height(), size.width(), (int) shape[1], (int) shape[2]);
    return new PreparedImage(sized, remarks);
  }

  private static void checkRange(
      float[] values, String origin, Preprocessing preprocessing, List<String> remarks) {
    var least = Float.POSITIVE_INFINITY;
    var largest = Float.NEGATIVE_INFINITY;
    for (var value : values) {
      if (!Float.isFinite(value)) {
        throw new ImageException(
            "%s holds %s; an image's samples must be finite numbers".formatted(origin, value));
      }
      least = Math.min(least, value);
      largest = Math.max(largest, value);
    }
    if (least >= -SLACK && largest <= 1 + SLACK) {
      return;
    }
    if (least < -FARTHEST || largest > FARTHEST) {
      throw new ImageException(
          "%s holds numbers from %.4g to %.4g, but pixels are numbers from 0 to 1; divide it by 255"
              .formatted(origin, least, largest));
    }
    if (preprocessing.normalises()) {
      throw new ImageException(
          "%s holds numbers from %.4g to %.4g, but the network normalises pixels from 0 to 1 itself; give the image before normalisation"
              .formatted(origin, least, largest));
    }
    remarks.add("holds numbers outside 0..1, which are taken as they are, as already normalised");
  }

  private static Image bytes(NpyArray array, ArrayShape size) {
    var values = array.ints();
    var samples = new byte[size.height() * size.width() * Image.CHANNELS];
    var repeat = samples.length / values.length;
    for (var i = 0; i < samples.length; i++) {
      samples[i] = (byte) values[i / repeat];
    }
    return Image.of(size.width(), size.height(), samples);
  }
}
