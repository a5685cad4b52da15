package org.pellucid.bench.contender;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pellucid.bench.work.AttentionWork;
import org.pellucid.bench.work.BertWork;
import org.pellucid.bench.work.CnnWork;
import org.pellucid.bench.work.Pass;
import org.pellucid.bench.work.RandomBert;
import org.pellucid.engine.Engine;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.ops.MatMul;
import org.pellucid.engine.ops.Softmax;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.bert.BertModel;
import org.pellucid.models.nn.ConvolutionalNetwork;
import org.pellucid.models.nn.Layer;
import org.pellucid.models.zoo.ImageClassifier;

/** Whole networks of this project, as its explainers run them. */
final class PellucidNetworks {
  private PellucidNetworks() {}

  static Task cnn(Engine engine, CnnWork work) {
    var network =
        (ConvolutionalNetwork)
            ImageClassifier.open(ImageClassifier.BUILT_IN, Optional.empty()).network();
    var images = Tensor.of(work.images(), work.batch(), 3, CnnWork.SIDE, CnnWork.SIDE);
    var classes = network.outputs();
    var oneHot = new float[work.batch() * classes];
    for (var i = 0; i < work.batch(); i++) {
      oneHot[i * classes + CnnWork.TARGET] = 1;
    }
    var weights = Tensor.of(oneHot, work.batch(), classes);
    var sources = new ArrayList<>(List.of(images));
    if (work.pass() == Pass.WEIGHTS) {
      network.parameters().forEach(sources::add);
    }
    return new TapeTask(
        engine,
        tape -> cnn(tape, network, work.pass(), images, weights, sources),
        results ->
            work.pass() == Pass.WEIGHTS ? gradients(network, results) : TapeTask.asTheyAre(results),
        List.of(images, weights, network));
  }

  private static List<Tensor> cnn(
      Tape tape,
      ConvolutionalNetwork network,
      Pass pass,
      Tensor images,
      Tensor weights,
      List<Tensor> sources) {
    if (pass == Pass.FORWARD) {
      return List.of(network.forward(tape, images));
    }
    sources.forEach(tape::watch);
    var logits = network.forward(tape, images);
    var gradients = tape.gradient(logits, weights, sources);
    return sources.stream().map(gradients::of).toList();
  }

  /** The images' gradient, then every parameter's in the order of the layers. */
  private static List<float[]> gradients(ConvolutionalNetwork network, List<Tensor> results) {
    var rest = results.iterator();
    var read = new ArrayList<>(List.of(rest.next().toFloats()));
    var channels = 0L;
    var flattened = false;
    for (var named : network.layers()) {
      for (var parameter : named.layer().parameters().toList()) {
        var gradient = rest.next();
        if (parameter.rank() == 4) {
          channels = parameter.size(3);
          read.add(Layout.filtersFirst(gradient));
        } else if (parameter.rank() == 2 && flattened) {
          var pixels = parameter.size(1) / channels;
          try (var view = gradient.view(parameter.size(0), pixels, 1, channels)) {
            read.add(Layout.channelsFirst(view));
          }
          flattened = false;
        } else {
          read.add(gradient.toFloats());
        }
      }
      flattened |= named.layer() instanceof Layer.Flatten;
    }
    return read;
  }

  static Task bert(Engine engine, BertWork work) {
    var source = new RandomBert(work.config());
    var model = BertModel.load(work.config(), source, ElementType.FLOAT32);
    var ids = Tensor.of(work.ids(), work.batch(), work.tokens());
    var segments = Tensor.of(new int[work.batch() * work.tokens()], work.batch(), work.tokens());
    var weights =
        Tensor.of(work.resultWeights(), work.batch(), work.tokens(), work.config().hiddenSize());
    var parameters =
        work.pass() == Pass.WEIGHTS
            ? source.layerParameters().stream().map(model.parameters()::get).toList()
            : List.<Tensor>of();
    return new TapeTask(
        engine,
        tape -> {
          var words = model.wordEmbeddings(tape, ids);
          var sources = new ArrayList<Tensor>();
          if (work.pass() != Pass.FORWARD) {
            sources.add(words);
            sources.addAll(parameters);
            sources.forEach(tape::watch);
          }
          var last = model.encode(tape, words, segments, Optional.empty());
          if (work.pass() == Pass.FORWARD) {
            return List.of(last);
          }
          var gradients = tape.gradient(last, weights, sources);
          return sources.stream().map(gradients::of).toList();
        },
        TapeTask::asTheyAre,
        List.of(ids, segments, weights, model));
  }

  static Task attention(Engine engine, AttentionWork work) {
    var shape = new long[] {work.batch(), work.heads(), work.tokens(), work.headSize()};
    var query = Tensor.of(work.query(), shape);
    var key = Tensor.of(work.key(), shape);
    var value = Tensor.of(work.value(), shape);
    var gradient = Tensor.of(work.gradient(), shape);
    var sources = List.of(query, key, value);
    return new TapeTask(
        engine,
        tape -> {
          if (work.pass() == Pass.FORWARD) {
            return List.of(context(tape, query, key, value));
          }
          sources.forEach(tape::watch);
          var context = context(tape, query, key, value);
          var gradients = tape.gradient(context, gradient, sources);
          return sources.stream().map(gradients::of).toList();
        },
        TapeTask::asTheyAre,
        List.of(query, key, value, gradient));
  }

  private static Tensor context(Tape tape, Tensor query, Tensor key, Tensor value) {
    var scores = MatMul.apply(tape, query, false, key, true);
    var factor = 1 / Math.sqrt(query.size(-1));
    var probabilities = Softmax.apply(tape, scores, factor, Optional.empty());
    tape.discard(scores);
    return MatMul.apply(tape, probabilities, value);
  }
}
