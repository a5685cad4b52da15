package org.pellucid.explain.search;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.pellucid.engine.Engine;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.LayerOutputs;
import org.pellucid.models.Taps;
import org.pellucid.models.bert.BertModel;
import org.pellucid.models.bert.Token;
import org.pellucid.models.bert.Tokens;

/**
 * Words of sentences with the attention that one token pays to them, computed anew for the few
 * sentences that were found: the attention of a whole corpus would take more room than its vectors.
 */
final class AttendedSentences {
  private final Engine engine;
  private final BertModel model;
  private final int layer;
  private final List<Integer> heads;

  /**
   * Sentences seen by heads of an encoder layer.
   *
   * @param layer from 0; one that doesn't exist stands for the last
   */
  AttendedSentences(Engine engine, BertModel model, int layer, List<Integer> heads) {
    this.engine = engine;
    this.model = model;
    this.layer = Math.min(layer, model.config().layers() - 1);
    this.heads = heads;
  }

  /**
   * A sentence as it is shown.
   *
   * @param tags the part of speech at an index of the text
   */
  Hit hit(Tokens tokens, int position, double similarity, long sentence, IntFunction<String> tags) {
    var attention = attention(tokens, position);
    var words = new ArrayList<Word>();
    var special = 0.0;
    var match = 0;
    var end = 0;
    for (var i = 0; i < tokens.size(); ) {
      var token = tokens.list().get(i);
      if (token.source() == Token.Source.SPECIAL) {
        special += attention[i++];
        continue;
      }
      var next = afterWord(tokens, i);
      if (i <= position && position < next) {
        match = words.size();
      }
      var until = tokens.list().get(next - 1).end();
      words.add(
          new Word(
              written(tokens, i, next),
              tokens.first().substring(Math.min(end, token.start()), token.start()),
              tags.apply(token.start()),
              IntStream.range(i, next).mapToDouble(j -> attention[j]).sum()));
      end = until;
      i = next;
    }
    var piece = tokens.list().get(position).piece();
    return new Hit(similarity, sentence, position, piece, words, match, strongest(words), special);
  }

  private static int afterWord(Tokens tokens, int first) {
    var word = tokens.list().get(first).word();
    var next = first + 1;
    while (tokens.list().get(next).word() == word) {
      next++;
    }
    return next;
  }

  /** A word of the text, or the token that stands in its place. */
  private static String written(Tokens tokens, int from, int to) {
    var first = tokens.list().get(from);
    return first.id() == tokens.maskId()
        ? first.piece()
        : tokens.first().substring(first.start(), tokens.list().get(to - 1).end());
  }

  private static int strongest(List<Word> words) {
    var best = 0;
    for (var i = 1; i < words.size(); i++) {
      if (words.get(i).attention() > words.get(best).attention()) {
        best = i;
      }
    }
    return best;
  }

  /** Ends the pass once the attention is known. */
  private record Until(String layer, LayerOutputs outputs) implements Taps {
    @Override
    public boolean wants(String name) {
      return name.equals(layer);
    }

    @Override
    public boolean stopsAt(String name) {
      return name.equals(layer);
    }

    @Override
    public Tensor tap(Tape tape, String name, Tensor output) {
      return outputs.tap(tape, name, output);
    }
  }

  /** What the heads pay on average from one token to each, {@code [tokens]}. */
  private double[] attention(Tokens tokens, int position) {
    var size = tokens.size();
    var name = BertModel.probabilitiesLayer(layer);
    try (var tape = new Tape(engine);
        var ids = Tensor.of(tokens.ids(), 1, size);
        var segments = Tensor.of(tokens.segmentIds(), 1, size)) {
      var until = new Until(name, LayerOutputs.of(name));
      var embeddings = model.wordEmbeddings(tape, ids);
      model.encode(tape, embeddings, segments, Optional.empty(), until);
      var values = until.outputs().get(name).toFloats();
      var mean = new double[size];
      for (int head : heads) {
        for (var i = 0; i < size; i++) {
          mean[i] += values[(head * size + position) * size + i] / (double) heads.size();
        }
      }
      return mean;
    }
  }
}
