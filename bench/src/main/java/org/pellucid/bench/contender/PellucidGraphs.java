package org.pellucid.bench.contender;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.pellucid.bench.graph.GraphFile;
import org.pellucid.bench.work.GraphWork;
import org.pellucid.bench.work.Pass;
import org.pellucid.engine.Engine;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.Taps;
import org.pellucid.models.onnx.NumericArray;
import org.pellucid.models.onnx.OnnxFunction;
import org.pellucid.models.onnx.OnnxModel;

/** ONNX graphs on this project's engine, as its explainers run them. */
final class PellucidGraphs {
  private PellucidGraphs() {}

  static Task prepare(Engine engine, GraphWork work) {
    var file = GraphFile.of(work.network());
    var model = OnnxModel.open(file.path());
    var isText = work.network().bert().isPresent();
    var input = isText ? GraphFile.WORDS : GraphFile.IMAGES;
    var example = isText ? texts(work) : images(work);
    // A text's words are looked up once, since gradients begin at their embeddings.
    var values = isText ? model.values(engine, example, List.of(input)) : example;
    var from = values.get(input);
    var one = new HashMap<String, NumericArray>();
    example.forEach((name, array) -> one.put(name, array.example(0)));
    var function =
        new OnnxFunction(model, engine, input, isText ? GraphFile.HIDDEN : GraphFile.LOGITS, one);
    var x = Tensor.of(floats(from.values()), from.shape());
    var outputs = (long) function.outputs();
    var weights = Tensor.of(work.resultWeights(work.batch() * outputs), work.batch(), outputs);
    return new TapeTask(
        engine,
        tape -> results(tape, work.pass(), function, x, weights),
        TapeTask::asTheyAre,
        List.of(x, weights, model, file));
  }

  private static List<Tensor> results(
      Tape tape, Pass pass, OnnxFunction function, Tensor x, Tensor weights) {
    if (pass == Pass.FORWARD) {
      return List.of(function.forward(tape, x, Taps.NONE));
    }
    tape.watch(x);
    var output = function.forward(tape, x, Taps.NONE);
    return List.of(tape.gradient(output, weights, List.of(x)).of(x));
  }

  private static Map<String, NumericArray> images(GraphWork work) {
    var side = work.network().side();
    return Map.of(GraphFile.IMAGES, NumericArray.of(work.images(), work.batch(), 3, side, side));
  }

  private static Map<String, NumericArray> texts(GraphWork work) {
    var ones = new long[work.batch() * work.tokens()];
    Arrays.fill(ones, 1);
    return Map.of(
        GraphFile.IDS, NumericArray.of(work.ids(), work.batch(), work.tokens()),
        GraphFile.SEGMENTS, NumericArray.of(new long[ones.length], work.batch(), work.tokens()),
        GraphFile.MASK, NumericArray.of(ones, work.batch(), work.tokens()));
  }

  private static float[] floats(double[] values) {
    var result = new float[values.length];
    for (var i = 0; i < values.length; i++) {
      result[i] = (float) values[i];
    }
    return result;
  }
}
