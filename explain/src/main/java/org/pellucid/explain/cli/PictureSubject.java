package org.pellucid.explain.cli;

import java.nio.file.Path;
import java.util.OptionalInt;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.models.nn.PictureModel;
import org.pellucid.models.vision.Picture;
import org.pellucid.models.vision.PictureFiles;
import org.pellucid.models.vision.Resize;
import org.pellucid.models.zoo.SamplePictures.Sample;
import org.pellucid.weights.DType;
import org.pellucid.weights.numpy.Npy;

/**
 * A picture on its way into a network.
 *
 * @param label the class its name carries, if any
 * @param values {@code [3, height, width]} in the network's size, in 0..1
 */
record PictureSubject(String name, OptionalInt label, float[] values) {

  /** Reads a picture or an {@code .npy} tensor and brings it to the network's size. */
  static PictureSubject read(Path file, PictureModel model) {
    var values =
        file.toString().endsWith(".npy") ? tensor(file, model) : fitted(Picture.read(file), model);
    return new PictureSubject(PictureFiles.stem(file), PictureFiles.label(file), values);
  }

  static PictureSubject of(Sample sample, PictureModel model) {
    return new PictureSubject(
        sample.name(), OptionalInt.of(sample.label()), fitted(sample.picture(), model));
  }

  private static float[] fitted(Picture picture, PictureModel model) {
    return Resize.bilinear(picture, model.inputWidth(), model.inputHeight()).toFloats();
  }

  private static float[] tensor(Path file, PictureModel model) {
    var array = Npy.read(file);
    var shape = array.shape();
    if (array.tensor().info().dtype() == DType.U8 && shape.length == 3 && shape[2] == 3) {
      var bytes = new byte[Math.toIntExact(array.tensor().info().elements())];
      var doubles = array.doubles();
      for (var i = 0; i < bytes.length; i++) {
        bytes[i] = (byte) (int) doubles[i];
      }
      return fitted(Picture.of((int) shape[1], (int) shape[0], bytes), model);
    }
    Shapes.check(
        array.tensor().info().dtype().isFloatingPoint() && shape.length == 3 && shape[0] == 3,
        "%s holds %s, but a picture is float32 [3, height, width] or uint8 [height, width, 3]",
        file,
        array.tensor().info());
    var height = (int) shape[1];
    var width = (int) shape[2];
    return Resize.bilinear(array.floats(), width, height, model.inputWidth(), model.inputHeight());
  }
}
