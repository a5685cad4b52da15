package org.pellucid.explain.search;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import opennlp.tools.sentdetect.SentenceDetectorME;
import org.pellucid.models.bert.Tokens;
import org.pellucid.models.bert.WordPieceTokenizer;

/**
 * Cuts paragraphs into sentences that fit a model. OpenNLP's detector, trained on English, decides
 * at full stops, question and exclamation marks; the marks that end sentences in Chinese, Japanese,
 * Hindi, Urdu and Arabic always do.
 */
final class SentenceSplitter {
  private static final Pattern AFTER_OTHER_ENDS =
      Pattern.compile(
          "(?<=[\\u3002\\uFF01\\uFF1F\\u0964\\u06D4\\u061F])(?![\\p{Pe}\\p{Pf}\"'\\u3002\\uFF01\\uFF1F])");

  /** The treebank has too few titles for the detector to learn that no sentence ends there. */
  private static final Pattern TITLE_AT_END =
      Pattern.compile("\\b(Mr|Mrs|Ms|Messrs|Dr|Prof|Rev|Hon|Capt|Col|Gen|Lt|Sgt|St)\\.\\s*$");

  private final SentenceDetectorME english = LanguageModels.sentences();
  private final WordPieceTokenizer tokenizer;

  SentenceSplitter(WordPieceTokenizer tokenizer) {
    this.tokenizer = tokenizer;
  }

  /**
   * A paragraph's sentences as tokens, those without a token left out. One with more tokens than
   * the model has positions becomes several, cut between words where it can be.
   */
  List<Tokens> split(String paragraph) {
    var all = new ArrayList<Tokens>();
    for (var sentence : sentences(paragraph)) {
      for (var rest = sentence.strip(); !rest.isEmpty(); ) {
        var tokens = fitting(rest);
        if (tokens.size() > 2) {
          all.add(tokens);
        }
        rest = rest.substring(tokens.first().length()).strip();
      }
    }
    return all;
  }

  private List<String> sentences(String paragraph) {
    var found = new ArrayList<String>();
    for (var part : AFTER_OTHER_ENDS.split(paragraph)) {
      var start = 0;
      for (var span : english.sentPosDetect(part)) {
        var sentence = part.substring(start, span.getEnd());
        if (!TITLE_AT_END.matcher(sentence).find()) {
          found.add(sentence);
          start = span.getEnd();
        }
      }
      found.add(part.substring(start));
    }
    return found;
  }

  /** As much of a text's beginning as the model takes. */
  private Tokens fitting(String text) {
    var tokens = tokenizer.encodeTruncated(text);
    if (tokens.size() < tokenizer.maximalLength()) {
      return tokens;
    }
    var last = tokens.list().get(tokens.size() - 2);
    if (text.substring(last.end()).isBlank()) {
      return tokens;
    }
    var word = tokens.firstTokenOf(last.source(), last.word()).orElseThrow();
    var cut = word > 1 ? tokens.list().get(word).start() : last.end();
    return tokenizer.encodeTruncated(text.substring(0, cut).stripTrailing());
  }
}
