package org.pellucid.explain.attribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pellucid.engine.Engine;
import org.pellucid.explain.QuadraticModel;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.models.vision.PngWriter;
import org.pellucid.weights.UnusableFileException;
import org.pellucid.weights.numpy.Npy;

/** Baselines by their names, and how several are averaged. */
class BaselineTests {
  private static final RunOptions RUN = RunOptions.standard().withSeed(4);

  private final Values image = image();

  @TempDir Path directory;

  private static Values image() {
    var numbers = new float[3 * 5 * 4];
    for (var i = 0; i < numbers.length; i++) {
      numbers[i] = i * 37 % 60 / 60f;
    }
    return Values.of(numbers, 3, 5, 4);
  }

  private static Baseline parsed(String text) {
    return Baseline.TYPE.reader().apply(text).orElseThrow();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "black",
        "white",
        "mean",
        "blurred",
        "blurred:2.5",
        "noise",
        "gaussian",
        "gaussian:0.2",
        "0.25",
        "-1.0"
      })
  void writesWhatItReads(String text) {
    assertThat(parsed(text).text()).isEqualTo(text);
    assertThat(parsed(text).of(image, 0).shape()).containsExactly(3, 5, 4);
  }

  @ParameterizedTest
  @ValueSource(strings = {"blurred:", "blurred:0", "blurred:-1", "gaussian:NaN", "blurry", ".", ""})
  void refusesOtherTexts(String text) {
    assertThat(Baseline.TYPE.reader().apply(text)).isEmpty();
  }

  @Test
  void blursAndAddsNoise() {
    var flat = Values.of(new float[] {3, 3, 3, 3}, 1, 2, 2);
    assertThat(parsed("blurred").of(flat, 0).toArray()).containsExactly(3, 3, 3, 3);
    var sharp = new Baseline.Blurred(OptionalDouble.of(40)).of(image, 0);
    assertThat(sharp.max() - sharp.min()).isLessThan(0.2f * (image.max() - image.min()));
    var noisy = parsed("gaussian:0.3").of(image, 1);
    assertThat(noisy.min()).isGreaterThanOrEqualTo(image.min());
    assertThat(noisy.max()).isLessThanOrEqualTo(image.max());
    assertThat(noisy).isNotEqualTo(parsed("gaussian:0.3").of(image, 2));
    assertThat(noisy).isEqualTo(parsed("gaussian:0.3").of(image, 1));
  }

  @Test
  void readsAnotherImage() throws IOException {
    var pixels = new BufferedImage(8, 10, BufferedImage.TYPE_INT_RGB);
    for (var i = 0; i < 80; i++) {
      pixels.setRGB(i % 8, i / 8, 0xff8000);
    }
    var file = directory.resolve("grey.png");
    PngWriter.writePng(pixels, file);
    var baseline = parsed(file.toString()).resolved(new QuadraticModel(new long[] {3, 5, 4}, 1));
    assertThat(baseline.text()).isEqualTo(file.toString());
    var numbers = baseline.of(image, 0);
    assertThat(numbers.get(0)).isEqualTo(1);
    assertThat(numbers.get(20)).isCloseTo(128 / 255f, within(1e-6f));
    assertThat(numbers.get(59)).isZero();
    assertThat(parsed(file.toString()).of(image, 0)).isEqualTo(numbers);
  }

  @Test
  void readsATensorAsItIs() {
    var file = directory.resolve("other.npy");
    Npy.write(file, image.toArray(), 3, 5, 4);
    assertThat(parsed(file.toString()).of(image, 0)).isEqualTo(image);
  }

  @Test
  void namesAFileThatHoldsNoImage() throws IOException {
    var file = Files.writeString(directory.resolve("text.png"), "no image");
    assertThatThrownBy(
            () -> parsed(file.toString()).resolved(new QuadraticModel(new long[] {3, 5, 4}, 1)))
        .isInstanceOf(UnusableFileException.class)
        .hasMessageContaining("text.png");
  }

  @Test
  void refusesImagesForOtherInputs() {
    var row = Values.of(new float[3], 3);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> parsed("blurred").of(row, 0))
        .withMessageContaining("A blurred baseline is for images, but this input has 1 axes");
  }

  @Test
  void averagesOverSeveralThatAreDrawn() {
    var evaluator = new Evaluator(Engine.portable(), new QuadraticModel(new long[] {3, 5, 4}, 1));
    var one = IntegratedGradients.steps(2).withBaseline(new Baseline.UniformNoise());
    var several = one.withBaselines(3).explain(evaluator, image, Target.output(0), RUN);
    var distribution =
        new BaselineDistribution(
            one,
            List.of(
                new Baseline.UniformNoise(),
                new Baseline.UniformNoise(),
                new Baseline.UniformNoise()));
    var expected = distribution.explain(evaluator, image, Target.output(0), RUN);
    for (var i = 0; i < image.length(); i++) {
      assertThat(several.values().get(i)).isCloseTo(expected.values().get(i), within(1e-4f));
    }
    assertThat(several.quality("convergenceDelta").orElseThrow()).isCloseTo(0, within(1e-4));
    assertThat(several.parameters()).containsEntry("baselines", 3);
  }

  @Test
  void refusesSeveralThatAreTheSame() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> IntegratedGradients.standard().withBaselines(5))
        .withMessageContaining("5 baselines black would all be the same; choose noise or gaussian");
  }
}
