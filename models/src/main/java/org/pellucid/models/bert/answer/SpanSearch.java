package org.pellucid.models.bert.answer;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.pellucid.models.bert.Token;

/**
 * The search for the best spans of a context.
 *
 * <p>Admissible is a span that lies in one window, ends where it starts or later, is not too long,
 * and holds no special token that is written in the text. Its score is the sum of its start and end
 * logit in that window which holds most context around it, on the side that has less (Devlin et
 * al., 2019, call it the maximal context): a model knows little about a token at a window's edge,
 * and so each span has one score. The probability is the softmax of the scores over all admissible
 * spans.
 */
final class SpanSearch {
  private final List<WindowLogits> windows;
  private final ContextWindows context;
  private final Set<String> specials;
  private final AnswerSettings settings;

  /**
   * A search.
   *
   * @param windows in the order of the context
   * @param specials the spellings of tokens that no answer holds, such as {@code [SEP]}
   */
  SpanSearch(
      List<WindowLogits> windows,
      ContextWindows context,
      Set<String> specials,
      AnswerSettings settings) {
    this.windows = windows;
    this.context = context;
    this.specials = specials;
    this.settings = settings;
  }

  private interface Visitor {
    void visit(int first, int last, int window, double score);
  }

  /** Every admissible span, by its first token and then its last. */
  private void visitAll(Visitor visitor) {
    var tokens = context.contextTokens();
    var earliest = 0;
    for (var first = 0; first < tokens.size(); first++) {
      while (windows.get(earliest).window().end() <= first) {
        earliest++;
      }
      var end = Math.min(tokens.size(), first + settings.longest());
      for (var last = first; last < end && !isSpecial(tokens.get(last)); last++) {
        var window = windowOf(first, last, earliest);
        if (window < 0) {
          break;
        }
        var logits = windows.get(window);
        visitor.visit(first, last, window, logits.start(first) + logits.end(last));
      }
    }
  }

  private boolean isSpecial(Token token) {
    return specials.contains(token.piece());
  }

  /** The window that holds most context around a span, the earliest of equals; −1 if none does. */
  private int windowOf(int first, int last, int earliest) {
    var best = -1;
    for (var i = earliest; i < windows.size(); i++) {
      var logits = windows.get(i);
      if (logits.window().first() > first) {
        break;
      }
      if (logits.holds(first, last)
          && (best < 0
              || logits.contextAround(first, last)
                  > windows.get(best).contextAround(first, last))) {
        best = i;
      }
    }
    return best;
  }

  /** The logarithm of the sum of exponentials of scores, as they come. */
  private static final class Normaliser {
    private double largest = Double.NEGATIVE_INFINITY;
    private double sum;

    void add(double score) {
      if (score > largest) {
        sum = sum * Math.exp(largest - score) + 1;
        largest = score;
      } else {
        sum += Math.exp(score - largest);
      }
    }

    double probability(double score) {
      return Math.exp(score - largest) / sum;
    }
  }

  /** A span that may become an answer. */
  private record Candidate(TokenSpan span, int window, double score) {}

  /** The best answers, and how "no answer" compares with them if it may be one. */
  AnsweredQuestion answers() {
    var normaliser = new Normaliser();
    visitAll((_, _, _, score) -> normaliser.add(score));
    var none =
        settings.mayBeNone()
            ? Optional.of(windows.stream().mapToDouble(WindowLogits::none).min().orElseThrow())
            : Optional.<Double>empty();
    none.ifPresent(normaliser::add);
    return new AnsweredQuestion(
        context,
        windows.stream().map(WindowLogits::window).toList(),
        best().stream().map(found -> answer(found, normaliser)).toList(),
        none.map(score -> new AnsweredQuestion.None(score, normaliser.probability(score))));
  }

  /** One pass over all spans for each answer, which is exact and needs no memory. */
  private List<Candidate> best() {
    var taken = new ArrayList<Candidate>();
    var excluded = new HashSet<TokenSpan>();
    var texts = new HashSet<List<String>>();
    while (taken.size() < settings.best()) {
      var next = next(excluded, settings.distinct() ? taken : List.of());
      if (next.isEmpty()) {
        break;
      }
      excluded.add(next.get().span());
      if (!settings.distinct() || texts.add(AnswerText.words(text(next.get().span())))) {
        taken.add(next.get());
      }
    }
    return taken;
  }

  /** The best span, the first of equals, that is neither excluded nor overlaps others. */
  private Optional<Candidate> next(Set<TokenSpan> excluded, List<Candidate> apart) {
    var best = new Candidate[1];
    visitAll(
        (first, last, window, score) -> {
          if (best[0] != null && score <= best[0].score()) {
            return;
          }
          var span = new TokenSpan(first, last);
          if (!excluded.contains(span)
              && apart.stream().noneMatch(other -> other.span().overlaps(span))) {
            best[0] = new Candidate(span, window, score);
          }
        });
    return Optional.ofNullable(best[0]);
  }

  private Answer answer(Candidate found, Normaliser normaliser) {
    var span = found.span();
    var logits = windows.get(found.window());
    return new Answer(
        text(span),
        start(span),
        end(span),
        span,
        found.window(),
        logits.start(span.first()),
        logits.end(span.last()),
        normaliser.probability(found.score()));
  }

  private String text(TokenSpan span) {
    return context.context().substring(start(span), end(span));
  }

  private int start(TokenSpan span) {
    return context.contextTokens().get(span.first()).start();
  }

  private int end(TokenSpan span) {
    return context.contextTokens().get(span.last()).end();
  }
}
