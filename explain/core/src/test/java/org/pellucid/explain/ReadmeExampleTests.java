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
import org.pellucid.explain.attribution.IntegratedGradients;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.method.Explanation;
import org.pellucid.models.zoo.ImageClassifier;
import org.pellucid.models.zoo.SampleImages;
import org.pellucid.weights.DType;
import org.pellucid.weights.TensorInfo;
import org.pellucid.weights.WeightTensor;
import org.pellucid.weights.files.WeightFiles;
import org.pellucid.weights.safetensors.SafetensorsWriter;

/** The examples of the README and of {@code docs/checkpoints.md} compile and do what they say. */
@Tag("numeric")
class ReadmeExampleTests {
  @Test
  void explainsABuiltInImage(@TempDir Path directory) {
    try (var classifier = ImageClassifier.open("food", Optional.empty())) {
      var image = SampleImages.open("3_5").image();
      var explanation =
          Explainer.of(classifier.network())
              .explain(image, IntegratedGradients.steps(50), Target.predicted());
      assertThat(classifier.className(explanation.predicted())).isEqualTo("Egg");
      // Fifty positions leave less than a tenth of the score's difference.
      assertThat(Math.abs(explanation.quality("convergenceDelta").orElseThrow()))
          .isLessThan(0.1 * Math.abs(explanation.quality("scoreDifference").orElseThrow()));
      explanation.save(directory, "egg");
      assertThat(Explanation.load(directory, "egg")).isEqualTo(explanation);
    }
  }

  @Test
  void readsAWeightFile(@TempDir Path directory) {
    var bytes = WeightTensor.encode(new double[] {1, 2}, DType.F32);
    var info = new TensorInfo("fc.0.bias", DType.F32, new long[] {2});
    var file = directory.resolve("model.safetensors");
    SafetensorsWriter.write(file, List.of(WeightTensor.of(info, () -> bytes)), Map.of());
    try (var checkpoint = WeightFiles.open(file)) {
      var infos = new ArrayList<TensorInfo>();
      checkpoint.tensors().forEach((name, tensor) -> infos.add(tensor.info()));
      assertThat(infos).containsExactly(info);
      assertThat(checkpoint.tensor("fc.0.bias").toFloats()).containsExactly(1, 2);
    }
  }
}
