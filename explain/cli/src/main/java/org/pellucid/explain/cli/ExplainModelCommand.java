package org.pellucid.explain.cli;

import static org.pellucid.engine.tensor.Shapes.check;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.pellucid.engine.Engine;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.explain.Methods;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.method.Explanation;
import org.pellucid.explain.method.Method;
import org.pellucid.explain.method.MethodSelection;
import org.pellucid.explain.method.MethodSelection.Preset;
import org.pellucid.models.onnx.NumericArray;
import org.pellucid.models.onnx.OnnxFunction;
import org.pellucid.models.onnx.OnnxModel;
import org.pellucid.weights.numpy.Npy;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** Explains one number of an ONNX graph's output by its inputs or by values inside of it. */
@Command(
    name = "explain",
    description = "Writes which parts of an ONNX graph's inputs or inner values a score is due to.")
final class ExplainModelCommand implements Callable<Integer> {
  /** A figure of how well the attributions add up, with the line that tells it. */
  private record Sum(String name, String line) {}

  private static final List<Sum> SUMS =
      List.of(
          new Sum("convergenceDelta", "%s, example %d: misses the score's difference by %.3g"),
          new Sum("conservation", "%s, example %d: misses the score by %.3g"),
          new Sum("absorbed", "%s, example %d: biases and constants keep %.3g of the score"));

  @ParentCommand private ModelCommand parent;
  @Mixin private GraphInputs inputs;
  @Mixin private RunChoice choice;

  @Mixin private GraphChoice graph;

  @Option(
      names = "--output",
      paramLabel = "NAME",
      description = "The output that is explained; default: the graph's first.")
  private String output = "";

  @Option(
      names = "--target",
      paramLabel = "N",
      required = true,
      description = "Which number of the output, such as a class; or predicted, probability:N, …")
  private String target;

  @Option(
      names = "--wrt",
      split = ",",
      paramLabel = "TENSOR",
      description = "Inputs or inner values to explain by; default: every input with fractions.")
  private List<String> explained = List.of();

  @Option(
      names = "--methods",
      split = ",",
      paramLabel = "M",
      required = true,
      description = "gradient, integrated-gradients, …; a baseline is zero unless set.")
  private List<String> methods;

  @Option(
      names = "--set",
      paramLabel = "METHOD.PARAM=VALUE",
      description = "Changes a method's parameter.")
  private List<String> settings = List.of();

  @Option(
      names = "--out",
      paramLabel = "DIR",
      required = true,
      description = "The directory for TENSOR.METHOD.npy.")
  private Path out;

  @Override
  public Integer call() throws IOException, InterruptedException {
    try (var model = OnnxModel.open(graph.path())) {
      var given = inputs.read(model);
      RefusedInput.orResult(
          () -> {
            var examples = examples(given);
            var tensors = tensors(model);
            for (var tensor : tensors) {
              examples.stream()
                  .limit(1)
                  .map(one -> function(model, tensor, one))
                  .forEach(this::checkMethods);
            }
            for (var tensor : tensors) {
              explain(model, examples, tensor);
            }
            return 0;
          });
      return 0;
    }
  }

  private List<String> tensors(OnnxModel model) {
    if (!explained.isEmpty()) {
      return explained;
    }
    var found =
        model.inputs().stream()
            .filter(input -> input.type().map(type -> type.isFloatingPoint()).orElse(true))
            .map(input -> input.name())
            .toList();
    if (found.isEmpty()) {
      throw inputs.wrong(
          "the graph's inputs are whole numbers, which have no gradients; name a value that is"
              + " made of them with --wrt, such as the word embeddings");
    }
    return found;
  }

  /** Explains the examples of a batch one by one, and writes the results as one array a method. */
  private void explain(OnnxModel model, List<Map<String, NumericArray>> examples, String tensor) {
    var rows = new LinkedHashMap<String, List<Explanation>>();
    for (var example : examples) {
      var function = function(model, tensor, example);
      var evaluator = new Evaluator(engine(), function);
      var input = input(model, example, tensor);
      var wanted = Target.parse(target);
      var resolved =
          wanted instanceof Target.Predicted ? wanted.resolve(evaluator.outputs(input)) : wanted;
      for (var method : methods(function)) {
        rows.computeIfAbsent(method.name(), _ -> new ArrayList<>())
            .add(method.explain(evaluator, input, resolved, choice.options()));
      }
    }
    rows.forEach((method, explanations) -> write(tensor, method, explanations));
  }

  private Engine engine() {
    return parent.main().machine().engine();
  }

  private OnnxFunction function(OnnxModel model, String tensor, Map<String, NumericArray> example) {
    var name = output.isEmpty() ? model.outputs().getFirst().name() : output;
    return new OnnxFunction(model, engine(), tensor, name, example);
  }

  /** Lets each method say what it has no rule for, before anything is explained. */
  private void checkMethods(OnnxFunction function) {
    var evaluator = new Evaluator(engine(), function);
    methods(function).forEach(method -> method.checkModel(evaluator));
  }

  private Values input(OnnxModel model, Map<String, NumericArray> example, String tensor) {
    var array =
        example.containsKey(tensor)
            ? example.get(tensor)
            : model.values(engine(), example, List.of(tensor)).get(tensor);
    var shape = array.shape();
    check(shape.length > 0, "%s is a single number; name others with --wrt", tensor);
    var own = new long[shape.length - 1];
    System.arraycopy(shape, 1, own, 0, own.length);
    return Values.of(array.values(), own);
  }

  private List<Method> methods(OnnxFunction function) {
    return MethodSelection.of(Methods.ofArrays(), methods, settings, Preset.STANDARD, 1)
        .create(function);
  }

  /**
   * One example at a time of arrays that have a batch as their first axis; a single number or
   * example belongs to each.
   */
  private static List<Map<String, NumericArray>> examples(Map<String, NumericArray> given) {
    var count =
        given.values().stream()
            .map(NumericArray::shape)
            .mapToLong(shape -> shape.length == 0 ? 1 : shape[0])
            .max()
            .orElse(1);
    given.forEach((name, array) -> checkExamples(name, array.shape(), count));
    var all = new ArrayList<Map<String, NumericArray>>();
    for (var i = 0; i < count; i++) {
      var number = i;
      var one = new LinkedHashMap<String, NumericArray>();
      given.forEach(
          (name, array) ->
              one.put(name, array.shape().length == 0 ? array : array.example(number)));
      all.add(one);
    }
    return all;
  }

  private static void checkExamples(String name, long[] shape, long count) {
    check(
        shape.length == 0 || shape[0] > 0,
        "The array of the input %s has the shape %s, but its first axis counts examples and needs"
            + " one",
        name,
        Shapes.text(shape));
    check(
        shape.length == 0 || shape[0] == 1 || shape[0] == count,
        "The array of the input %s holds %d examples, but that of another input %d",
        name,
        shape.length == 0 ? 1 : shape[0],
        count);
  }

  private void write(String tensor, String method, List<Explanation> explanations) {
    var one = explanations.getFirst().values();
    var values = new float[one.length() * explanations.size()];
    for (var i = 0; i < explanations.size(); i++) {
      System.arraycopy(
          explanations.get(i).values().toArray(), 0, values, i * one.length(), one.length());
    }
    var shape = new long[one.rank() + 1];
    shape[0] = explanations.size();
    System.arraycopy(one.shape(), 0, shape, 1, one.rank());
    var name = "%s.%s".formatted(GraphInputs.fileName(tensor), method);
    Npy.write(out.resolve(name + ".npy"), values, shape);
    var console = parent.main().console();
    for (var i = 0; i < explanations.size(); i++) {
      var number = i;
      var found = explanations.get(i);
      for (var figure : SUMS) {
        found
            .quality(figure.name())
            .ifPresent(value -> console.print(figure.line().formatted(name, number, value)));
      }
    }
  }
}
