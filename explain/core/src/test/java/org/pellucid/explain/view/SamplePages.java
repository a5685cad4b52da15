package org.pellucid.explain.view;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/** Pages of made-up numbers, for tests and for looking at. */
final class SamplePages {
  private static final List<String> TOKENS =
      List.of(
          "[CLS]",
          "the",
          "doctor",
          "asked",
          "the",
          "nurse",
          "a",
          "question",
          "[SEP]",
          "she",
          "answered",
          "un",
          "##hesitating",
          "##ly",
          "that",
          "[MASK]",
          "would",
          "help",
          ".",
          "[SEP]");
  private static final int FIRST_TEXT = 9;
  private static final int MASKED = 15;

  private SamplePages() {}

  /** Writes all four pages into {@code args[0]}. */
  public static void main(String[] args) {
    var directory = Path.of(args[0]);
    Pages.write(attention(), directory.resolve("attention.html"));
    Pages.write(embedding(), directory.resolve("embedding.html"));
    Pages.write(distances(), directory.resolve("distances.html"));
    report(directory);
  }

  static Views.Attention attention() {
    var masked = variant("masked", TOKENS, 12, 12, 1);
    return new Views.Attention("Attention", "sample", List.of(masked, plain()));
  }

  private static Views.AttentionVariant plain() {
    var tokens = new ArrayList<>(TOKENS);
    tokens.set(MASKED, "she");
    return variant("unmasked", tokens, 12, 12, 2);
  }

  static Views.AttentionVariant variant(
      String name, List<String> tokens, int layers, int heads, long seed) {
    var random = new Random(seed);
    var size = tokens.size();
    var attention = new float[layers * heads * size * size];
    for (var row = 0; row < attention.length; row += size) {
      var sum = 0.0;
      for (var key = 0; key < size; key++) {
        attention[row + key] = (float) Math.exp(2 * random.nextGaussian());
        sum += attention[row + key];
      }
      for (var key = 0; key < size; key++) {
        attention[row + key] /= (float) sum;
      }
    }
    var segments = IntStream.range(0, size).map(i -> i < FIRST_TEXT ? 0 : 1).toArray();
    var candidates = new ArrayList<List<Views.Candidate>>();
    for (var token : tokens) {
      candidates.add(
          List.of(
              new Views.Candidate(token.equals("[MASK]") ? "he" : token, 0.71),
              new Views.Candidate("she", 0.2),
              new Views.Candidate("it", 0.004)));
    }
    var masked = IntStream.range(0, size).filter(i -> tokens.get(i).equals("[MASK]")).boxed();
    return new Views.AttentionVariant(
        name, tokens, segments, layers, heads, attention, masked.toList(), candidates);
  }

  static Views.Embedding embedding() {
    return new Views.Embedding(
        "Embeddings", "sample", List.of(tab("First", 13, 60, 3), tab("Second", 13, 25, 4)));
  }

  private static Views.EmbeddingTab tab(String name, int layers, int size, long seed) {
    var random = new Random(seed);
    var tokens = new ArrayList<String>();
    var roles = new ArrayList<Views.Role>();
    for (var i = 0; i < size; i++) {
      tokens.add(i == 0 ? "[CLS]" : i == 12 || i == size - 1 ? "[SEP]" : "word" + i);
      roles.add(
          tokens.get(i).startsWith("[")
              ? Views.Role.SPECIAL
              : i < 12
                  ? Views.Role.QUESTION
                  : i == 20 || i == 21 ? Views.Role.ANSWER : Views.Role.CONTEXT);
    }
    var scores = new float[layers][size][2];
    var explained = new double[layers][];
    for (var layer = 0; layer < layers; layer++) {
      explained[layer] = new double[] {0.3 - 0.01 * layer, 0.12};
      for (var i = 0; i < size; i++) {
        var pull = roles.get(i).ordinal() * layer * 0.4;
        scores[layer][i] =
            new float[] {
              (float) (random.nextGaussian() + pull), (float) (random.nextGaussian() - pull)
            };
      }
    }
    return new Views.EmbeddingTab(
        name, "What is asked?", "This is", tokens, roles, scores, explained);
  }

  static Views.Distances distances() {
    var sentences =
        List.of(
            "He sat on the bank of the river.",
            "She went to the bank for a loan.",
            "The bank raised its rates.",
            "Flowers grow on the left bank.",
            "A blood bank saves lives.");
    var random = new Random(5);
    var size = sentences.size();
    var euclidean = new double[13][size][size];
    var cosine = new double[13][size][size];
    for (var layer = 0; layer < 13; layer++) {
      for (var i = 0; i < size; i++) {
        cosine[layer][i][i] = 1;
        for (var j = 0; j < i; j++) {
          euclidean[layer][i][j] = euclidean[layer][j][i] = layer + 10 * random.nextDouble();
          cosine[layer][i][j] = cosine[layer][j][i] = 1 - 0.9 * random.nextDouble();
        }
      }
    }
    return new Views.Distances(
        "Distances", "sample", "bank", sentences, 9, "euclidean", euclidean, cosine);
  }

  static void report(Path directory) {
    var rows = new ArrayList<Views.Row>();
    var random = new Random(6);
    var side = 64;
    for (var method : List.of("Image", "Saliency", "Integrated gradients")) {
      var figures = new ArrayList<Views.Figure>();
      for (var image = 0; image < 6; image++) {
        var values = new float[side * side];
        var x = random.nextInt(side);
        var y = random.nextInt(side);
        for (var i = 0; i < values.length; i++) {
          var distance = Math.hypot(i % side - x, i / side - y);
          values[i] = (float) (Math.exp(-distance / 9) * Math.cos(distance / 4));
        }
        var file = "images/%s-%d.png".formatted(method.replace(' ', '-'), image);
        var range = Normalisation.symmetric(values);
        Pages.write(
            Images.map(values, side, side, 3, range, ColourMap.DIVERGING), directory.resolve(file));
        var numbers = Map.of("predicted", "Soup", "probability", "0.91");
        figures.add(new Views.Figure(file, "Soup, 91 %", numbers, file.replace("png", "npy")));
      }
      rows.add(
          new Views.Row(
              method, "What the method does, in a sentence.", Map.of("steps", "50"), figures));
    }
    var cards =
        List.of(
            new Views.Card("Attention", "Where each word looks.", "attention.html"),
            new Views.Card("Embeddings", "Words in the plane.", "embedding.html"),
            new Views.Card("Distances", "One word in several sentences.", "distances.html"));
    var columns = IntStream.range(0, 6).mapToObj(i -> "image-" + i + ".jpg").toList();
    Pages.write(
        new Views.Report("Report", "Six made-up images", columns, rows, cards, "Made by Pellucid"),
        directory.resolve("index.html"));
  }
}
