package org.pellucid.explain.perturbation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pellucid.explain.evaluation.Progress;
import org.pellucid.explain.segmentation.MersenneTwister;
import org.pellucid.explain.segmentation.Superpixels;

class LimeTests {
  private static final int HEIGHT = 12;
  private static final int WIDTH = 16;
  private static final int PIXELS = HEIGHT * WIDTH;
  private static final int PIECES = 12;

  private final float[] image = image();

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void recoversAClassifierThatIsLinearInTheSuperpixels(int firstLabel) {
    var slopes = new double[] {3, -2, 0, 1.5, 0.25, -4, 0, 0, 2, -0.5, 1, 0.75};
    var superpixels = blocks(firstLabel);
    var explanation =
        LimeSurrogate.explain(
            image,
            superpixels,
            linear(superpixels, slopes),
            LimeSettings.defaults().withSamples(1500).withLabels(List.of(1)),
            Progress.NONE);

    var model = explanation.label(0);
    // The penalty of 1 shrinks a coefficient by about 1 / (1 + 0.25 * weight sum), under 1 %.
    for (int piece = 0; piece < PIECES; piece++) {
      assertThat(model.coefficients()[piece]).isEqualTo(slopes[piece], within(0.04));
    }
    assertThat(model.score()).isGreaterThan(0.999);
    assertThat(model.localPrediction()).isEqualTo(explanation.logits()[0], within(0.05));
    assertThat(model.intercept()).isEqualTo(7, within(0.05));
    assertThat(model.strongest()).startsWith(5, 0);
    assertThat(explanation.label(1).coefficients()[5]).isEqualTo(8, within(0.08));
    var map = explanation.map(0);
    for (int pixel = 0; pixel < PIXELS; pixel++) {
      int piece = superpixels.label(pixel) - firstLabel;
      assertThat(map[pixel]).isEqualTo((float) model.coefficients()[piece]);
    }
  }

  @Test
  void hiddenPiecesTakeTheirMeanColour() {
    var superpixels = blocks(1);
    var images = new ArrayList<float[]>();
    LimeSurrogate.explain(
        image,
        superpixels,
        (batch, count) -> {
          images.add(batch);
          return new double[count][2];
        },
        LimeSettings.defaults().withSamples(40).withBatchSize(1),
        Progress.NONE);

    assertThat(images).hasSize(40);
    assertThat(images.getFirst()).containsExactly(image);
    var means = means(image, superpixels);
    for (var changed : images) {
      for (int pixel = 0; pixel < PIXELS; pixel++) {
        boolean same = changed[pixel] == image[pixel];
        for (int channel = 0; channel < 3; channel++) {
          float sample = changed[channel * PIXELS + pixel];
          double hidden = means[channel][superpixels.label(pixel) - 1];
          double expected = same ? image[channel * PIXELS + pixel] : hidden;
          assertThat((double) sample).isEqualTo(expected, within(1e-6));
        }
      }
    }
  }

  @Test
  void sameSeedGivesTheSameBitsWhateverTheBatchSize() {
    var superpixels = blocks(1);
    var classifier = curved(superpixels);
    var settings = LimeSettings.defaults().withSamples(203).withSeed(5);
    var first = LimeSurrogate.explain(image, superpixels, classifier, settings, Progress.NONE);
    for (int batchSize : new int[] {1, 7, 500}) {
      var other = settings.withBatchSize(batchSize);
      var second = LimeSurrogate.explain(image, superpixels, classifier, other, Progress.NONE);
      for (int label : new int[] {0, 1}) {
        assertThat(second.label(label).coefficients())
            .containsExactly(first.label(label).coefficients());
        assertThat(second.label(label).score()).isEqualTo(first.label(label).score());
      }
    }
    var otherSeed =
        LimeSurrogate.explain(image, superpixels, classifier, settings.withSeed(6), Progress.NONE);
    assertThat(otherSeed.label(0).coefficients()).isNotEqualTo(first.label(0).coefficients());
  }

  @Test
  void homeworkColumnsNeverHideTheLastPiece() {
    var slopes = IntStream.range(0, PIECES).mapToDouble(i -> i + 1).toArray();
    var superpixels = blocks(1);
    var settings = LimeSettings.homework();
    var explanation =
        LimeSurrogate.explain(
            image, superpixels, linear(superpixels, slopes), settings, Progress.NONE);
    var coefficients = explanation.label(0).coefficients();
    assertThat(coefficients[0]).isEqualTo(0, within(0.1));
    for (int column = 1; column < PIECES; column++) {
      assertThat(coefficients[column]).isEqualTo(slopes[column - 1], within(0.2));
    }
    assertThat(explanation.map(0)[PIXELS - 1]).isZero();
    assertThat(explanation.map(0)[0]).isEqualTo((float) coefficients[1]);
  }

  @Test
  void oneGeneratorGoesOnFromImageToImage() {
    var superpixels = blocks(0);
    var classifier = curved(superpixels);
    var settings = LimeSettings.defaults().withSamples(50).withSeed(9);
    var generator = new MersenneTwister(9);
    var runs =
        IntStream.range(0, 2)
            .mapToObj(
                _ ->
                    LimeSurrogate.explain(
                        image, superpixels, classifier, settings, generator, Progress.NONE))
            .toList();
    var alone = LimeSurrogate.explain(image, superpixels, classifier, settings, Progress.NONE);
    assertThat(runs.get(0).label(0).coefficients()).containsExactly(alone.label(0).coefficients());
    assertThat(runs.get(1).label(0).coefficients()).isNotEqualTo(alone.label(0).coefficients());
  }

  @Test
  void keepsOnlyTheStrongestPiecesIfAsked() {
    var slopes = new double[] {3, -1, 0, 1.5, 0.25, -4, 0, 0, 2, -0.5, 1, 0.75};
    var superpixels = blocks(0);
    var settings = LimeSettings.defaults().withFeatures(3);
    var model =
        LimeSurrogate.explain(
                image, superpixels, linear(superpixels, slopes), settings, Progress.NONE)
            .label(0);
    assertThat(IntStream.range(0, PIECES).filter(i -> model.coefficients()[i] != 0))
        .containsExactly(0, 5, 8);
  }

  @Test
  void tintsStrongPiecesGreenAndRed() {
    var slopes = new double[] {3, -2, 0, 1.5, 0.01, -4, 0, 0, 2, -0.5, 1, 0.75};
    var superpixels = blocks(1);
    var explanation =
        LimeSurrogate.explain(
            image,
            superpixels,
            linear(superpixels, slopes),
            LimeSettings.defaults(),
            Progress.NONE);
    var tinted = LimeImage.homework(image, explanation, 0);
    assertThat(tinted.green()).isEqualTo(5);
    assertThat(tinted.red()).isEqualTo(3);
    float brightest = 0;
    for (float sample : image) {
      brightest = Math.max(brightest, sample);
    }
    for (int pixel = 0; pixel < PIXELS; pixel++) {
      double slope = slopes[superpixels.label(pixel) - 1];
      int sign = Math.abs(slope) < 0.05 ? 0 : slope < 0 ? -1 : 1;
      assertThat(tinted.mask()[pixel]).isEqualTo((byte) sign);
      assertThat(tinted.samples()[pixel]).isEqualTo(sign < 0 ? brightest : image[pixel]);
      assertThat(tinted.samples()[PIXELS + pixel])
          .isEqualTo(sign > 0 ? brightest : image[PIXELS + pixel]);
      assertThat(tinted.samples()[2 * PIXELS + pixel]).isEqualTo(image[2 * PIXELS + pixel]);
    }
  }

  @Test
  void reportsProgressAndStopsWhenInterrupted() {
    var superpixels = blocks(0);
    var settings = LimeSettings.defaults().withSamples(25);
    var seen = new ArrayList<Long>();
    LimeSurrogate.explain(
        image, superpixels, curved(superpixels), settings, (done, _) -> seen.add(done));
    assertThat(seen).containsExactly(0L, 10L, 20L, 25L);

    BatchClassifier interrupting =
        (_, count) -> {
          Thread.currentThread().interrupt();
          return new double[count][2];
        };
    try {
      assertThatThrownBy(
              () ->
                  LimeSurrogate.explain(image, superpixels, interrupting, settings, Progress.NONE))
          .isInstanceOf(CancellationException.class);
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void refusesWhatDoesNotFit() {
    var superpixels = blocks(0);
    var settings = LimeSettings.defaults();
    assertThatThrownBy(
            () ->
                LimeSurrogate.explain(
                    new float[5], superpixels, curved(superpixels), settings, Progress.NONE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("5");
    assertThatThrownBy(
            () ->
                LimeSurrogate.explain(
                    image,
                    superpixels,
                    curved(superpixels),
                    settings.withLabels(List.of(2)),
                    Progress.NONE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Label 2");
    assertThatThrownBy(
            () ->
                LimeSurrogate.explain(
                    image,
                    superpixels,
                    (_, _) -> new double[][] {{Double.NaN}},
                    settings.withBatchSize(1),
                    Progress.NONE))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("finite");
    assertThatThrownBy(() -> new Superpixels(new int[] {0, 2}, 1, 2, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("gap");
  }

  /** Label 0 is 7 plus the slopes of the shown pieces, label 1 is its negative times two. */
  private BatchClassifier linear(Superpixels superpixels, double[] slopes) {
    return (batch, count) -> {
      var logits = new double[count][2];
      for (int i = 0; i < count; i++) {
        var shown = shown(batch, i, superpixels);
        double sum = 7;
        for (int piece = 0; piece < PIECES; piece++) {
          sum += shown[piece] ? slopes[piece] : 0;
        }
        logits[i] = new double[] {sum, -2 * sum};
      }
      return logits;
    };
  }

  private BatchClassifier curved(Superpixels superpixels) {
    return (batch, count) -> {
      var logits = new double[count][2];
      for (int i = 0; i < count; i++) {
        var shown = shown(batch, i, superpixels);
        double sum = 0;
        for (int piece = 0; piece < PIECES; piece++) {
          sum += shown[piece] ? Math.sin(piece + 1) : 0;
        }
        logits[i] = new double[] {sum * sum, Math.cos(sum)};
      }
      return logits;
    };
  }

  private boolean[] shown(float[] batch, int index, Superpixels superpixels) {
    var shown = new boolean[PIECES];
    for (int pixel = 0; pixel < PIXELS; pixel++) {
      shown[superpixels.label(pixel) - superpixels.firstLabel()] |=
          batch[index * 3 * PIXELS + pixel] == image[pixel];
    }
    return shown;
  }

  private static double[][] means(float[] image, Superpixels superpixels) {
    var means = new double[3][PIECES];
    for (int i = 0; i < image.length; i++) {
      // Every block is 4 x 4 pixels.
      means[i / PIXELS][superpixels.label(i % PIXELS) - superpixels.firstLabel()] +=
          image[i] / 16.0;
    }
    return means;
  }

  private static Superpixels blocks(int firstLabel) {
    var labels = new int[PIXELS];
    for (int pixel = 0; pixel < PIXELS; pixel++) {
      labels[pixel] = firstLabel + pixel / WIDTH / 4 * 4 + pixel % WIDTH / 4;
    }
    return new Superpixels(labels, HEIGHT, WIDTH, PIECES);
  }

  private static float[] image() {
    var random = new Random(1);
    var image = new float[3 * PIXELS];
    for (int i = 0; i < image.length; i++) {
      image[i] = random.nextFloat();
    }
    return image;
  }
}
