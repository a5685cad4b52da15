package org.pellucid.explain.text;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.pellucid.engine.Engine;
import org.pellucid.explain.embedding.Distances;
import org.pellucid.explain.text.ComparedWord.Span;
import org.pellucid.models.bert.BertModel;
import org.pellucid.models.bert.WordPieceTokenizer;
import org.pellucid.models.zoo.WeightsOrigin;

/** Finds one word's vectors in several sentences; a sentence that has none is named. */
record WordVectors(Engine engine, BertModel model, WordPieceTokenizer tokenizer) {
  /**
   * The vectors of the sentences that have one.
   *
   * @param rows the sentences' numbers
   * @param spans of these rows
   * @param layers {@code [layers + 1][rows · hidden]}
   */
  record Found(
      ComparedWord word,
      List<String> sentences,
      List<Integer> rows,
      List<Span> spans,
      List<float[]> layers,
      List<WordDistances.Failure> failures) {
    WordDistances distances(Optional<WeightsOrigin> weights) {
      return new WordDistances(
          word.text(),
          sentences,
          spread(Distances::euclidean),
          spread(Distances::cosineSimilarity),
          spread(Distances::products),
          rows,
          spans,
          failures,
          weights);
    }

    private interface Table {
      double[][] of(float[] vectors, int count);
    }

    /** The tables with NaN in the rows and columns of other sentences. */
    private double[][][] spread(Table table) {
      var all = new double[layers.size()][sentences.size()][sentences.size()];
      for (var layer = 0; layer < all.length; layer++) {
        for (var row : all[layer]) {
          Arrays.fill(row, Double.NaN);
        }
        var values = table.of(layers.get(layer), rows.size());
        for (var i = 0; i < values.length; i++) {
          for (var j = 0; j < values.length; j++) {
            all[layer][rows.get(i)][rows.get(j)] = values[i][j];
          }
        }
      }
      return all;
    }
  }

  Found of(ComparedWord word, List<String> sentences) {
    check(
        sentences.stream().anyMatch(sentence -> !sentence.isBlank()),
        "There is no sentence to compare; give at least one");
    if (word.place() instanceof ComparedWord.Spans(var spans)) {
      check(
          spans.size() == sentences.size(),
          "There are %d spans for %d sentences; give one a line",
          spans.size(),
          sentences.size());
    }
    var rows = new ArrayList<Integer>();
    var spans = new ArrayList<Span>();
    var vectors = new ArrayList<float[][]>();
    var failures = new ArrayList<WordDistances.Failure>();
    for (var i = 0; i < sentences.size(); i++) {
      if (!sentences.get(i).isBlank()) {
        try {
          var tokens = tokenizer.encode(sentences.get(i));
          var span = word.spanIn(tokens, i);
          var positions = word.positions(tokens, span);
          vectors.add(mean(TextInspection.hiddenStates(engine, model, tokens), positions));
          spans.add(span);
          rows.add(i);
        } catch (IllegalArgumentException refusal) {
          failures.add(new WordDistances.Failure(i + 1, refusal.getMessage()));
        }
      }
    }
    if (rows.isEmpty()) {
      throw new IllegalArgumentException(
          "No sentence can be compared; " + failures.getFirst().text());
    }
    return new Found(word, List.copyOf(sentences), rows, spans, joined(vectors), failures);
  }

  /** The mean of some tokens' vectors at each layer. */
  private static float[][] mean(TextInspection inspection, int[] positions) {
    var result = new float[inspection.layers() + 1][];
    for (var layer = 0; layer < result.length; layer++) {
      if (positions.length == 1) {
        result[layer] = inspection.vector(layer, positions[0]);
      } else {
        var sum = new double[inspection.hiddenSize()];
        for (var position : positions) {
          var vector = inspection.vector(layer, position);
          for (var k = 0; k < sum.length; k++) {
            sum[k] += (double) vector[k] / positions.length;
          }
        }
        result[layer] = new float[sum.length];
        for (var k = 0; k < sum.length; k++) {
          result[layer][k] = (float) sum[k];
        }
      }
    }
    return result;
  }

  private static List<float[]> joined(List<float[][]> vectors) {
    var layers = new ArrayList<float[]>();
    for (var layer = 0; layer < vectors.getFirst().length; layer++) {
      var width = vectors.getFirst()[layer].length;
      var all = new float[vectors.size() * width];
      for (var i = 0; i < vectors.size(); i++) {
        System.arraycopy(vectors.get(i)[layer], 0, all, i * width, width);
      }
      layers.add(all);
    }
    return layers;
  }
}
