package org.pellucid.explain.text;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.method.Explanation;
import org.pellucid.explain.method.Quality;
import org.pellucid.models.bert.Token;
import org.pellucid.models.bert.Tokens;
import org.pellucid.models.zoo.WeightsOrigin;
import org.pellucid.weights.numpy.Npy;

/**
 * What each token and word of a text adds to a number that BERT gives, by several methods.
 *
 * @param tokens as the model saw them
 * @param target the number, such as {@code output:1119}
 * @param title what the number is, in words
 * @param score the number for the text
 * @param marked positions that the question is about
 * @param words in the order of the text
 * @param results one for each method, the first being the main one
 * @param layers the attributions at each hidden state, if they were asked for
 * @param weights which weights it is from, if that is known
 */
public record TextAttribution(
    Tokens tokens,
    String target,
    String title,
    double score,
    List<Integer> marked,
    List<WordTokens> words,
    List<Result> results,
    Optional<Layers> layers,
    Optional<WeightsOrigin> weights) {

  /**
   * A word with its tokens; {@code [CLS]} and {@code [SEP]} are words of their own.
   *
   * @param text as it stands in the text, or the token in place of it
   * @param before what stands between the word before it and this one
   * @param tokens its positions
   * @param source the text it belongs to
   */
  public record WordTokens(String text, String before, List<Integer> tokens, Token.Source source) {}

  /**
   * What one method found.
   *
   * @param title of the method
   * @param sentence how to read its result
   * @param explanation as the method gave it: {@code [tokens, embedding]} of a method of word
   *     embeddings, {@code [units]} of one that hides words
   * @param byToken what each token adds; a hidden word's number is shared equally by its tokens
   * @param byWord what each word adds, the sum over its tokens
   * @param quality figures of the method and of metrics
   */
  public record Result(
      String title,
      String sentence,
      Explanation explanation,
      double[] byToken,
      double[] byWord,
      List<Quality> quality) {

    /** The method's name. */
    public String method() {
      return explanation.method();
    }

    /** How far the attributions miss what they should sum to, where the method promises a sum. */
    public Optional<Quality> delta() {
      return List.of("convergenceDelta", "conservation", "efficiencyGap", "interaction").stream()
          .flatMap(name -> explanation.figure(name).stream())
          .findFirst();
    }
  }

  /**
   * Integrated Gradients at every hidden state.
   *
   * @param byToken {@code [layers + 1][tokens]}, row 0 the embeddings
   * @param deltas how far each layer's attributions miss the score's difference
   * @param difference of the scores of the text and of the baseline
   */
  public record Layers(double[][] byToken, double[] deltas, double difference) {}

  /** The content of {@code attributions.json}; what is not known is left out. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  private record Content(
      String target,
      String title,
      double score,
      List<Integer> marked,
      List<String> tokens,
      int[] ids,
      String method,
      double[] attributions,
      Double delta,
      List<WordNumber> words,
      List<MethodNumbers> methods,
      Layers layers) {}

  private record WordNumber(String word, List<Integer> tokens, double attribution) {}

  @JsonInclude(JsonInclude.Include.NON_NULL)
  private record MethodNumbers(
      String method,
      String title,
      Map<String, Object> parameters,
      long seed,
      double seconds,
      double[] attributions,
      double[] words,
      Double delta,
      Map<String, Double> quality) {

    static MethodNumbers of(Result result) {
      var quality = new LinkedHashMap<String, Double>();
      result.quality().forEach(figure -> quality.put(figure.name(), finite(figure.value())));
      return new MethodNumbers(
          result.method(),
          result.title(),
          result.explanation().parameters(),
          result.explanation().seed(),
          result.explanation().seconds(),
          result.byToken(),
          result.byWord(),
          deltaOf(result),
          quality);
    }
  }

  /** JSON has no NaN, so it holds null in its place. */
  private static Double finite(double number) {
    return Double.isFinite(number) ? number : null;
  }

  private static Double deltaOf(Result result) {
    return result.delta().map(figure -> finite(figure.value())).orElse(null);
  }

  /** The words with their numbers by a result, the largest magnitude first. */
  public List<Integer> strongest(Result result) {
    return IntStream.range(0, words.size())
        .boxed()
        .sorted((a, b) -> Double.compare(Math.abs(result.byWord[b]), Math.abs(result.byWord[a])))
        .toList();
  }

  /**
   * Writes {@code attributions.npy} with the first method's attributions by embedding component
   * {@code [tokens, embedding]}, or by token {@code [tokens]} of a method that hides words; {@code
   * attributions.json} with every method's numbers by token and by word; {@code METHOD.npy} and
   * {@code METHOD.json} for each method; and {@code layers.npy} {@code [layers + 1, tokens]} if
   * there are any.
   *
   * @throws java.io.UncheckedIOException if a JSON file can't be written
   * @throws org.pellucid.weights.WeightsException if another file can't be written
   */
  public void save(Path directory) {
    results.forEach(result -> result.explanation().save(directory, result.method()));
    var first = results.getFirst();
    var values = attributions(first);
    Npy.write(directory.resolve("attributions.npy"), values.toArray(), values.shape());
    layers.ifPresent(
        found -> {
          var flat = new ArrayList<Double>();
          for (var row : found.byToken()) {
            for (var number : row) {
              flat.add(number);
            }
          }
          var numbers = flat.stream().mapToDouble(number -> number).toArray();
          var table = Values.of(numbers, found.byToken().length, tokens.size());
          Npy.write(directory.resolve("layers.npy"), table.toArray(), table.shape());
        });
    JsonResult.write(
        directory.resolve("attributions.json"),
        new Content(
            target,
            title,
            score,
            marked,
            tokens.pieces(),
            tokens.ids(),
            first.method(),
            first.byToken(),
            deltaOf(first),
            IntStream.range(0, words.size())
                .mapToObj(
                    i ->
                        new WordNumber(
                            words.get(i).text(), words.get(i).tokens(), first.byWord()[i]))
                .toList(),
            results.stream().map(MethodNumbers::of).toList(),
            layers.orElse(null)),
        weights);
  }

  private Values attributions(Result result) {
    var own = result.explanation().values();
    return own.rank() == 2 && own.size(0) == tokens.size()
        ? own
        : Values.of(result.byToken(), tokens.size());
  }
}
