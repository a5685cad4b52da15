package org.pellucid.explain.search;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.function.Function;
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
  /** Tokens of a batch: their attention takes 25 MB in BERT-base at 512 tokens a sentence. */
  private static final int BATCH_POSITIONS = 1 << 10;

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
   * A token that is shown in its sentence.
   *
   * @param position of the token, where 0 is {@code [CLS]}
   * @param similarity cosine to the query, −1..1
   * @param sentence its number in the corpus; −1 for the query
   * @param tags the part of speech at an index of the text
   */
  record Match(
      Tokens tokens, int position, double similarity, long sentence, IntFunction<String> tags) {}

  /**
   * Sentences as they are shown, in the order of the matches.
   *
   * @throws CancellationException if the thread is interrupted
   */
  List<Hit> hits(List<Match> matches) {
    var attention = attention(matches);
    return IntStream.range(0, matches.size())
        .mapToObj(i -> hit(matches.get(i), attention[i]))
        .toList();
  }

  /**
   * What the heads pay on average from each match to the tokens of its sentence, {@code
   * [match][token]}. Sentences of one length run together, so that none is padded and each has the
   * same numbers in any batch; a sentence with several matches runs once.
   */
  private double[][] attention(List<Match> matches) {
    var bySize = new TreeMap<Integer, SequencedMap<Tokens, List<Integer>>>();
    for (var i = 0; i < matches.size(); i++) {
      var tokens = matches.get(i).tokens();
      bySize
          .computeIfAbsent(tokens.size(), _ -> new LinkedHashMap<>())
          .computeIfAbsent(tokens, _ -> new ArrayList<>())
          .add(i);
    }
    var attention = new double[matches.size()][];
    for (var alike : bySize.values()) {
      var sentences = List.copyOf(alike.keySet());
      var most = Math.max(1, BATCH_POSITIONS / sentences.getFirst().size());
      for (var from = 0; from < sentences.size(); from += most) {
        checkCancelled();
        var batch = sentences.subList(from, Math.min(sentences.size(), from + most));
        var values = probabilities(batch);
        for (var row = 0; row < batch.size(); row++) {
          for (int i : alike.get(batch.get(row))) {
            attention[i] = mean(values, row, batch.get(row).size(), matches.get(i).position());
          }
        }
      }
    }
    return attention;
  }

  private static void checkCancelled() {
    if (Thread.currentThread().isInterrupted()) {
      throw new CancellationException("The search was cancelled.");
    }
  }

  private static Hit hit(Match match, double[] attention) {
    var tokens = match.tokens();
    var position = match.position();
    var words = new ArrayList<Word>();
    var special = 0.0;
    var matched = 0;
    var end = 0;
    for (var i = 0; i < tokens.size(); ) {
      var token = tokens.list().get(i);
      if (token.source() == Token.Source.SPECIAL) {
        special += attention[i++];
        continue;
      }
      var next = afterWord(tokens, i);
      if (i <= position && position < next) {
        matched = words.size();
      }
      var until = tokens.list().get(next - 1).end();
      words.add(
          new Word(
              written(tokens, i, next),
              tokens.first().substring(Math.min(end, token.start()), token.start()),
              match.tags().apply(token.start()),
              IntStream.range(i, next).mapToDouble(j -> attention[j]).sum()));
      end = until;
      i = next;
    }
    var piece = tokens.list().get(position).piece();
    return new Hit(
        match.similarity(),
        match.sentence(),
        position,
        piece,
        words,
        matched,
        strongest(words),
        special);
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

  /** The layer's attention in sentences of one length, {@code [sentences, heads, query, key]}. */
  private float[] probabilities(List<Tokens> sentences) {
    var size = sentences.getFirst().size();
    var count = sentences.size();
    var name = BertModel.probabilitiesLayer(layer);
    try (var tape = new Tape(engine);
        var ids = Tensor.of(joined(sentences, Tokens::ids), count, size);
        var segments = Tensor.of(joined(sentences, Tokens::segmentIds), count, size)) {
      var until = new Until(name, LayerOutputs.of(name));
      var embeddings = model.wordEmbeddings(tape, ids);
      model.encode(tape, embeddings, segments, Optional.empty(), until);
      return until.outputs().get(name).toFloats();
    }
  }

  private static int[] joined(List<Tokens> sentences, Function<Tokens, int[]> numbers) {
    return sentences.stream().map(numbers).flatMapToInt(Arrays::stream).toArray();
  }

  /** What the chosen heads pay on average from one token of a sentence, {@code [tokens]}. */
  private double[] mean(float[] probabilities, int sentence, int size, int position) {
    var all = model.config().heads();
    var mean = new double[size];
    for (int head : heads) {
      for (var i = 0; i < size; i++) {
        mean[i] +=
            probabilities[((sentence * all + head) * size + position) * size + i]
                / (double) heads.size();
      }
    }
    return mean;
  }
}
