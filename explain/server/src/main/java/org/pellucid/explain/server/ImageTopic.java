package org.pellucid.explain.server;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.pellucid.engine.Engine;
import org.pellucid.explain.Methods;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.Progress;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.method.MethodSelection;
import org.pellucid.explain.run.Classification;
import org.pellucid.explain.run.ExplainedInput;
import org.pellucid.explain.run.ExplanationRun;
import org.pellucid.explain.run.ImageInput;
import org.pellucid.explain.run.InputPages;
import org.pellucid.explain.run.ReportOptions;
import org.pellucid.explain.run.Sink;
import org.pellucid.explain.run.TargetChoice;
import org.pellucid.explain.server.Field.Type;
import org.pellucid.explain.server.http.Multipart;
import org.pellucid.explain.server.http.Refusal;
import org.pellucid.explain.server.http.Request;
import org.pellucid.explain.view.ImagePage;
import org.pellucid.models.vision.Image;
import org.pellucid.models.zoo.ImageClassifier;

/** What can be asked about an image: its class, and explanations of the class. */
final class ImageTopic {
  /** What messages and pages call the image: its name on the user's machine stays there. */
  static final String NAME = "picture";

  /** Quick ones, for who chooses none. */
  static final List<String> USUAL = List.of("saliency", "smoothgrad", "integrated-gradients");

  static final List<Field> CLASSIFY =
      List.of(Field.optional("model", Type.TEXT, "A classifier's name; default: the first."));

  static final List<Field> EXPLAIN =
      List.of(
          Field.optional("model", Type.TEXT, "A classifier's name; default: the first."),
          Field.optional(
              "methods",
              Type.TEXTS,
              "Names of methods; default: saliency, smoothgrad, integrated-gradients."),
          Field.optional(
              "target",
              Type.TEXT,
              "predicted (default), a class number, or another target as on the command line."),
          Field.optional(
              "set", Type.TEXTS, "Settings of methods, METHOD.PARAMETER=VALUE; no files."),
          Field.optional("seed", Type.NUMBER, "Of the random numbers; default: 0."));

  private static final int MOST_METHODS = 12;

  /**
   * An image with what is asked about it.
   *
   * @param image the file's bytes
   */
  record Question(byte[] image, Given given) {
    /**
     * Reads a form, or an image as the body with all else in the address.
     *
     * @throws Refusal if it is neither, or a field is wrong
     */
    static Question of(Request request, List<Field> fields) {
      if (Multipart.isOne(request)) {
        var form = Multipart.of(request);
        var image =
            form.file()
                .orElseThrow(
                    () -> new Refusal(400, "The form holds no file; choose a picture first."));
        return new Question(image, Given.read(form.fields(), fields));
      }
      if (request.body().length == 0) {
        throw new Refusal(400, "The body is empty; send a picture.");
      }
      return new Question(request.body(), Given.read(request.query(), fields));
    }
  }

  private ImageTopic() {}

  /**
   * The image's class.
   *
   * @throws org.pellucid.models.vision.ImageException if it can't be decoded
   */
  static Classification classification(Engine engine, ImageClassifier classifier, byte[] image) {
    var outputs = new Evaluator(engine, classifier.network()).outputs(input(classifier, image));
    return Classification.of(NAME, outputs, classifier);
  }

  private static Values input(ImageClassifier classifier, byte[] image) {
    return Values.of(
        classifier.prepare(Image.decode(NAME, image)), classifier.network().inputShape());
  }

  /**
   * The explanations as the page that shows them.
   *
   * @throws Refusal if a choice is wrong or a method can't explain
   * @throws IllegalArgumentException if the library refuses a value
   */
  static ImagePage page(Engine engine, ImageClassifier classifier, Question question) {
    var given = question.given();
    var methods = selection(given).create(classifier.network());
    var options =
        new RunOptions(
            OptionalInt.empty(),
            given.optionalNumber("seed").stream()
                .asLongStream()
                .mapToObj(OptionalLong::of)
                .findFirst()
                .orElse(OptionalLong.empty()),
            0,
            Progress.NONE);
    var run =
        new ExplanationRun(
            new Evaluator(engine, classifier.network()),
            methods,
            List.of(),
            TargetChoice.parse(given.optionalText("target").orElse("predicted")),
            options);
    var found = new Found();
    run.run(
        List.of(
            new ImageInput(NAME, OptionalInt.empty(), () -> input(classifier, question.image()))),
        List.of(found),
        (_, _, _, _, _) -> {});
    return new InputPages(methods, classifier::className, ReportOptions.standard())
        .of(found.input(), "", _ -> "");
  }

  private static MethodSelection selection(Given given) {
    var names = given.names("methods");
    if (names.size() > MOST_METHODS) {
      throw new Refusal(
          422, "At most %d methods explain one picture at a time.".formatted(MOST_METHODS));
    }
    var settings = given.texts("set").stream().filter(text -> !text.isBlank()).toList();
    ClientSettings.check(settings);
    return MethodSelection.of(
        Methods.builtIn(),
        names.isEmpty() ? USUAL : names,
        settings,
        MethodSelection.Preset.STANDARD,
        1);
  }

  /** Keeps the one result of a run. */
  private static final class Found implements Sink {
    private final List<ExplainedInput> inputs = new ArrayList<>();
    private Optional<String> failure = Optional.empty();

    @Override
    public void accept(ExplainedInput input) {
      inputs.add(input);
    }

    @Override
    public void fail(String name, String reason) {
      failure = Optional.of(reason);
    }

    ExplainedInput input() {
      failure.ifPresent(
          reason -> {
            throw new Refusal(422, reason);
          });
      return inputs.getFirst();
    }
  }

  /** Methods to choose from, for the page. */
  static List<Map<String, Object>> methods() {
    return Methods.builtIn().stream()
        .map(
            method -> {
              var shown = new LinkedHashMap<String, Object>();
              shown.put("name", method.name());
              shown.put("title", method.title());
              shown.put("question", method.guidance().question());
              shown.put("cost", method.guidance().cost());
              shown.put("usual", USUAL.contains(method.name()));
              return (Map<String, Object>) shown;
            })
        .toList();
  }
}
