package org.pellucid.explain.cli;

import java.nio.file.Path;
import java.util.OptionalInt;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.models.Model;
import org.pellucid.models.vision.Image;
import org.pellucid.models.vision.ImageFiles;
import org.pellucid.models.vision.Resize;
import org.pellucid.models.zoo.SampleImages.Sample;
import org.pellucid.weights.DType;
import org.pellucid.weights.numpy.Npy;

/**
 * An image on its way into a network.
 *
 * @param label the class its name carries, if any
 * @param values {@code [3, height, width]} in the network's size, in 0..1
 */
record ImageInput(String name, OptionalInt label, float[] values) {

  /** Reads an image or an {@code .npy} tensor and brings it to the network's size. */
  static ImageInput read(Path file, Model model) {
    var values =
        file.toString().endsWith(".npy") ? tensor(file, model) : fitted(Image.read(file), model);
    return new ImageInput(ImageFiles.stem(file), ImageFiles.label(file), values);
  }

  static ImageInput of(Sample sample, Model model) {
    return new ImageInput(
        sample.name(), OptionalInt.of(sample.label()), fitted(sample.image(), model));
  }

  private static float[] fitted(Image image, Model model) {
    return Resize.bilinear(image, (int) model.inputShape()[2], (int) model.inputShape()[1])
        .toFloats();
  }

  private static float[] tensor(Path file, Model model) {
    var array = Npy.read(file);
    var shape = array.shape();
    if (array.tensor().info().dtype() == DType.U8 && shape.length == 3 && shape[2] == 3) {
      var bytes = new byte[Math.toIntExact(array.tensor().info().elements())];
      var doubles = array.doubles();
      for (var i = 0; i < bytes.length; i++) {
        bytes[i] = (byte) (int) doubles[i];
      }
      return fitted(Image.of((int) shape[1], (int) shape[0], bytes), model);
    }
    Shapes.check(
        array.tensor().info().dtype().isFloatingPoint() && shape.length == 3 && shape[0] == 3,
        "%s holds %s, but an image is float32 [3, height, width] or uint8 [height, width, 3]",
        file,
        array.tensor().info());
    var height = (int) shape[1];
    var width = (int) shape[2];
    return Resize.bilinear(
        array.floats(), width, height, (int) model.inputShape()[2], (int) model.inputShape()[1]);
  }
}
