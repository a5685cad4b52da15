package org.pellucid.explain;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.engine.Engine;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.explain.attribution.Attribution;
import org.pellucid.explain.attribution.InputGradients;
import org.pellucid.explain.attribution.IntegratedGradients;
import org.pellucid.models.vision.Resize;
import org.pellucid.models.zoo.FoodClasses;
import org.pellucid.models.zoo.FoodNetworks;
import org.pellucid.models.zoo.SampleImages;
import org.pellucid.weights.Checkpoint;
import org.pellucid.weights.DType;
import org.pellucid.weights.TensorInfo;
import org.pellucid.weights.WeightTensor;
import org.pellucid.weights.numpy.Npy;
import org.pellucid.weights.safetensors.SafetensorsWriter;

/** The README's examples compile and do what they say. */
@Tag("numeric")
class ReadmeExampleTests {
  @Test
  void explainsABuiltInImage(@TempDir Path directory) {
    try (var network = FoodNetworks.open("food", Optional.empty())) {
      var sample = SampleImages.open("3_5");
      var image = Resize.bilinear(sample.image(), 128, 128).toFloats();
      var gradients = new InputGradients(Engine.standard(), network, ElementType.FLOAT32);
      var explanation =
          IntegratedGradients.standard().explain(gradients, image, 3, Attribution.Run.standard());
      assertThat(FoodClasses.names().get(explanation.predicted())).isEqualTo("Egg");
      // Fifty positions leave less than a tenth of the score's difference.
      assertThat(Math.abs(explanation.quality().get("convergenceDelta")))
          .isLessThan(0.1 * Math.abs(explanation.quality().get("scoreDifference")));
      var file = directory.resolve("attributions.npy");
      Npy.write(file, explanation.values(), explanation.shape());
      assertThat(Npy.read(file).floats()).isEqualTo(explanation.values());
    }
  }

  @Test
  void readsAWeightFile(@TempDir Path directory) {
    var bytes = WeightTensor.encode(new double[] {1, 2}, DType.F32);
    var info = new TensorInfo("fc.0.bias", DType.F32, new long[] {2});
    var file = directory.resolve("model.safetensors");
    SafetensorsWriter.write(file, List.of(WeightTensor.of(info, () -> bytes)), Map.of());
    try (var checkpoint = Checkpoint.open(file)) {
      var infos = new ArrayList<TensorInfo>();
      checkpoint.tensors().forEach((name, tensor) -> infos.add(tensor.info()));
      assertThat(infos).containsExactly(info);
      assertThat(checkpoint.tensor("fc.0.bias").toFloats()).containsExactly(1, 2);
    }
  }
}
