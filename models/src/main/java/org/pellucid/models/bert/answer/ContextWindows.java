package org.pellucid.models.bert.answer;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.pellucid.models.bert.Token;
import org.pellucid.models.bert.Tokens;
import org.pellucid.models.bert.Vocabulary;
import org.pellucid.models.bert.WordPieceTokenizer;

/**
 * A question and a context of any length in tokens, and the windows that a model reads them by.
 *
 * <p>Windows begin every {@linkplain WindowSettings#stride stride}, until one reaches the context's
 * end. A stride longer than what the question leaves room for is shortened to that, so that every
 * token of the context stands in a window.
 */
public final class ContextWindows {
  private final Vocabulary vocabulary;
  private final String question;
  private final String context;
  private final WindowSettings settings;
  private final List<Token> questionTokens;
  private final List<Token> contextTokens;
  private final boolean isQuestionCut;

  private ContextWindows(
      WordPieceTokenizer tokenizer, String question, String context, WindowSettings settings) {
    this.vocabulary = tokenizer.vocabulary();
    this.question = question;
    this.context = context;
    this.settings = settings.fitting(tokenizer.maximalLength());
    var asked = tokenizer.split(question, Token.Source.FIRST);
    var room = this.settings.questionRoom();
    isQuestionCut = asked.size() > room;
    questionTokens = isQuestionCut ? asked.subList(0, room) : asked;
    contextTokens = tokenizer.split(context, Token.Source.SECOND);
  }

  /**
   * Tokenises a question and its context.
   *
   * @param settings whose input is shortened to the tokenizer's maximal length
   * @throws IllegalArgumentException if the question or the context has no token
   */
  public static ContextWindows of(
      WordPieceTokenizer tokenizer, String question, String context, WindowSettings settings) {
    var windows = new ContextWindows(tokenizer, question, context, settings);
    check(!windows.questionTokens.isEmpty(), "The question has no letters; write one");
    check(!windows.contextTokens.isEmpty(), "The context has no letters; give a text");
    return windows;
  }

  /** The question as it was given. */
  public String question() {
    return question;
  }

  /** The context as it was given. */
  public String context() {
    return context;
  }

  /** The context's tokens. */
  public List<Token> contextTokens() {
    return contextTokens;
  }

  /** Whether the question has more tokens than there is room for, so that its end is left out. */
  public boolean isQuestionCut() {
    return isQuestionCut;
  }

  /** All windows, from the context's beginning to its end. */
  public List<ContextWindow> all() {
    var room = settings.contextRoom(questionTokens.size());
    var step = Math.min(settings.stride(), room);
    var windows = new ArrayList<ContextWindow>();
    var first = 0;
    while (first + room < contextTokens.size()) {
      windows.add(window(first, first + room));
      first += step;
    }
    windows.add(window(first, contextTokens.size()));
    return windows;
  }

  /**
   * The tokens that an answer consists of, by their indices among the context's tokens. The first
   * and the last may cover more than the answer, as an unknown word's one token does.
   *
   * @param answer in this context
   * @return empty if the answer holds no letter that has a token
   */
  public Optional<TokenSpan> tokens(ReferenceAnswer answer) {
    var indices =
        IntStream.range(0, contextTokens.size())
            .filter(i -> contextTokens.get(i).end() > answer.start())
            .filter(i -> contextTokens.get(i).start() < answer.end())
            .toArray();
    return indices.length == 0
        ? Optional.empty()
        : Optional.of(new TokenSpan(indices[0], indices[indices.length - 1]));
  }

  /**
   * The window in whose middle tokens stand, as far as the context's ends allow. Training reads it.
   *
   * @param span of indices among the context's tokens
   */
  public ContextWindow around(TokenSpan span) {
    var room = Math.min(settings.contextRoom(questionTokens.size()), contextTokens.size());
    var middle = (span.first() + span.last() + 1) / 2;
    var first = Math.clamp(middle - room / 2, 0, contextTokens.size() - room);
    return window(first, first + room);
  }

  private ContextWindow window(int first, int end) {
    var list = new ArrayList<Token>();
    list.add(special(vocabulary.classifyId(), 0));
    list.addAll(questionTokens);
    list.add(special(vocabulary.separatorId(), 0));
    var position = list.size();
    list.addAll(contextTokens.subList(first, end));
    list.add(special(vocabulary.separatorId(), 1));
    var tokens = new Tokens(question, Optional.of(context), list, vocabulary.maskId());
    return new ContextWindow(tokens, position, first, end - first);
  }

  private Token special(int id, int segment) {
    return new Token(id, vocabulary.piece(id), 0, 0, Token.Source.SPECIAL, -1, segment);
  }
}
