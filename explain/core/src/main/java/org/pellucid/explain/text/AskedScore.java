package org.pellucid.explain.text;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import org.pellucid.engine.Engine;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.models.bert.TextFunction;
import org.pellucid.models.bert.Token;
import org.pellucid.models.bert.Tokens;
import org.pellucid.models.text.LanguageModel;

/**
 * The number that a question is about, as a target of a model of word embeddings.
 *
 * @param scores of the text, whose model stays the caller's to close
 * @param title what the number is, such as {@code the logit of “he” at position 10}
 * @param marked positions that the question is about: the masked place, or the answer's tokens
 */
record AskedScore(TextFunction scores, Target target, String title, List<Integer> marked) {

  /** Finds the numbers of questions with one model. */
  record Finder(Engine engine, LanguageModel model) {

    /**
     * The number that a question is about.
     *
     * @throws IllegalArgumentException if the model has no head for it, or a word, place or answer
     *     is not to be found
     */
    AskedScore of(TextQuestion question) {
      return switch (question) {
        case TextQuestion.MaskedPlace masked -> of(masked);
        case TextQuestion.Answer answer -> of(answer);
        case TextQuestion.ClassOf classified -> of(classified);
        case TextQuestion.Likeness(var text, var other) ->
            new AskedScore(
                model.similarity(engine, encoded(text), encoded(other)),
                Target.output(0),
                "the cosine similarity to “%s”".formatted(shortened(other)),
                List.of());
      };
    }

    private Tokens encoded(String text) {
      return encoded(text, Optional.empty());
    }

    private Tokens encoded(String text, Optional<String> pair) {
      var tokens =
          pair.map(second -> model.tokenizer().encode(text, second))
              .orElseGet(() -> model.tokenizer().encode(text));
      check(
          tokens.list().stream().anyMatch(token -> token.source() != Token.Source.SPECIAL),
          "A text is empty; give one with words");
      var limit = model.maximalPositions();
      check(
          tokens.size() <= limit,
          "The text has %d tokens, but this model has positions for %d; shorten it",
          tokens.size(),
          limit);
      return tokens;
    }

    private static String shortened(String text) {
      return text.length() <= 60 ? text : text.substring(0, text.offsetByCodePoints(0, 40)) + "…";
    }

    private AskedScore of(TextQuestion.MaskedPlace asked) {
      var tokens = encoded(asked.text(), asked.pair());
      var at = place(asked, tokens);
      var scores = model.maskedToken(tokens.maskedAt(at), at);
      var id = asked.word().map(this::id).orElseGet(() -> largest(scores));
      var word = asked.word().orElseGet(() -> model.tokenizer().spelling(id));
      var where = "at position " + at;
      if (asked.contrast().isPresent()) {
        checkNoProbability(asked.probability());
        var other = asked.contrast().get();
        return new AskedScore(
            scores,
            new Target.Difference(id, id(other)),
            "the logit of “%s” minus that of “%s” %s".formatted(word, other, where),
            List.of(at));
      }
      return new AskedScore(
          scores,
          asked.probability() ? new Target.Probability(id) : Target.output(id),
          "the %s of “%s” %s".formatted(asked.probability() ? "probability" : "logit", word, where),
          List.of(at));
    }

    private static void checkNoProbability(boolean probability) {
      check(
          !probability,
          "A contrast is a difference of logits; leave out either the contrast or the probability");
    }

    private static int place(TextQuestion.MaskedPlace asked, Tokens tokens) {
      if (asked.mask().isPresent()) {
        var at = asked.mask().getAsInt();
        check(
            at > 0 && at < tokens.size(),
            "There is no token %d to mask: the text's tokens are 1..%d, and 0 is %s",
            at,
            tokens.size() - 1,
            tokens.list().getFirst().piece());
        return at;
      }
      if (asked.maskedWord().isPresent()) {
        var word = asked.maskedWord().get();
        var found = tokens.firstTokenOf(word);
        check(found.isPresent(), "The text doesn't contain the word %s", word);
        return found.getAsInt();
      }
      var masks = tokens.masks().toArray();
      check(
          masks.length > 0,
          "The question is about a masked token, but none is; write %s in the text or name the"
              + " token's position",
          tokens.mask());
      return masks[0];
    }

    /** A word's only piece, in the way that the tokenizer writes it. */
    private int id(String word) {
      var known = model.tokenizer().idOf(word);
      if (known.isPresent()) {
        return known.getAsInt();
      }
      var pieces =
          model.tokenizer().encode(word).list().stream()
              .filter(token -> token.source() != Token.Source.SPECIAL)
              .toList();
      check(!pieces.isEmpty(), "A word to be explained is empty; give one");
      check(
          pieces.size() == 1,
          "“%s” is not one piece of this vocabulary but %s; a masked token's score is that of one"
              + " piece, so choose a word that is one, or one of these",
          shortened(word),
          String.join(" ", pieces.stream().limit(12).map(Token::piece).toList()));
      var piece = pieces.getFirst();
      check(
          piece.id() != model.tokenizer().unknownId(),
          "This vocabulary has no piece for “%s”; choose another word",
          shortened(word));
      return piece.id();
    }

    private int largest(TextFunction scores) {
      return new Evaluator(engine, scores).outputs(embeddings(engine, scores)).indexOfLargest();
    }

    private AskedScore of(TextQuestion.Answer asked) {
      check(!asked.question().isBlank(), "The question is empty; ask one");
      check(!asked.context().isBlank(), "The context is empty; give one that holds the answer");
      var tokens = encoded(asked.question(), Optional.of(asked.context()));
      var scores = model.answer(tokens);
      var span = asked.answer().map(given -> span(tokens, given)).orElseGet(() -> best(scores));
      var text =
          asked
              .context()
              .substring(tokens.list().get(span[0]).start(), tokens.list().get(span[1]).end());
      var start = span[0];
      var end = tokens.size() + span[1];
      return new AskedScore(
          scores,
          switch (asked.part()) {
            case START -> Target.output(start);
            case END -> Target.output(end);
            case SPAN -> new Target.Sum(List.of(start, end));
          },
          title(asked.part()).formatted(shortened(text)),
          IntStream.rangeClosed(span[0], span[1]).boxed().toList());
    }

    private static String title(TextQuestion.Part part) {
      return switch (part) {
        case START -> "the logit that “%s” starts the answer";
        case END -> "the logit that “%s” ends the answer";
        case SPAN -> "the score of the answer “%s”, its start's logit plus its end's";
      };
    }

    private int[] best(TextFunction scores) {
      var logits = new Evaluator(engine, scores).outputs(embeddings(engine, scores));
      return AnswerSpan.best(scores.tokens(), logits.toArray());
    }

    /** The tokens of the first occurrence of an answer in the context. */
    private static int[] span(Tokens tokens, String answer) {
      var from = tokens.second().orElseThrow().indexOf(answer);
      check(
          from >= 0 && !answer.isBlank(),
          "The context doesn't hold the answer “%s”; give it as it is written there",
          shortened(answer));
      var to = from + answer.length();
      var within =
          IntStream.range(0, tokens.size())
              .filter(i -> tokens.list().get(i).source() == Token.Source.SECOND)
              .filter(i -> tokens.list().get(i).end() > from && tokens.list().get(i).start() < to)
              .toArray();
      check(within.length > 0, "The answer “%s” has no token in the context", shortened(answer));
      return new int[] {within[0], within[within.length - 1]};
    }

    private AskedScore of(TextQuestion.ClassOf asked) {
      var scores = model.classes(encoded(asked.text(), asked.pair()));
      var index =
          asked.label().map(text -> label(text, scores.outputs())).orElseGet(() -> largest(scores));
      if (asked.contrast().isPresent()) {
        checkNoProbability(asked.probability());
        var other = label(asked.contrast().get(), scores.outputs());
        return new AskedScore(
            scores,
            new Target.Difference(index, other),
            "the logit of the class %s minus that of %s".formatted(name(index), name(other)),
            List.of());
      }
      return new AskedScore(
          scores,
          asked.probability() ? new Target.Probability(index) : Target.output(index),
          "the %s of the class %s"
              .formatted(asked.probability() ? "probability" : "logit", name(index)),
          List.of());
    }

    private String name(int index) {
      var labels = model.labels();
      return index < labels.size() ? labels.get(index) : Integer.toString(index);
    }

    private int label(String text, int classes) {
      var names = IntStream.range(0, classes).mapToObj(this::name).toList();
      for (var i = 0; i < names.size(); i++) {
        if (names.get(i).toLowerCase(Locale.ROOT).equals(text.toLowerCase(Locale.ROOT))
            || Integer.toString(i).equals(text)) {
          return i;
        }
      }
      throw new IllegalArgumentException(
          "The model has no class %s; its classes are %s."
              .formatted(text, String.join(", ", names)));
    }
  }

  /** The word embeddings of a text, {@code [tokens, embedding]}. */
  static Values embeddings(Engine engine, TextFunction scores) {
    var numbers = scores.embeddings(engine, scores.tokens().ids());
    return Values.of(numbers, scores.inputShape());
  }
}
