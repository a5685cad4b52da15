package org.pellucid.explain.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.pellucid.models.bert.Token;
import org.pellucid.models.bert.Tokens;

/** The parts that the tokens of a question with its context play. */
final class TokenRoles {
  private static final Set<String> PUNCTUATION = Set.of("\"", "'", ".", ",", "?", "!");

  private TokenRoles() {}

  /**
   * Each token's role. Answer are the tokens of every place in the context at which the answer
   * stands as a whole; if there is none, those that are a word of it.
   */
  static List<TokenRole> of(Tokens tokens, String answer) {
    var roles = new ArrayList<TokenRole>();
    for (var token : tokens.list()) {
      roles.add(
          switch (token.source()) {
            case SPECIAL -> TokenRole.SPECIAL;
            case FIRST -> TokenRole.QUESTION;
            case SECOND -> TokenRole.CONTEXT;
          });
    }
    if (!answer.isBlank() && !markWhole(tokens, answer.strip(), roles)) {
      markWords(tokens, answer, roles);
    }
    return List.copyOf(roles);
  }

  private static boolean markWhole(Tokens tokens, String answer, List<TokenRole> roles) {
    var context = tokens.second().orElse("");
    var found = false;
    for (var at = context.indexOf(answer); at >= 0; at = context.indexOf(answer, at + 1)) {
      var end = at + answer.length();
      if (isEdge(tokens, at) && isEdge(tokens, end)) {
        for (var i = 0; i < roles.size(); i++) {
          var token = tokens.list().get(i);
          if (token.source() == Token.Source.SECOND && token.start() >= at && token.end() <= end) {
            roles.set(i, TokenRole.ANSWER);
            found = true;
          }
        }
      }
    }
    return found;
  }

  /** Whether no word of the context goes on from before an index to behind it. */
  private static boolean isEdge(Tokens tokens, int index) {
    for (var i = 1; i < tokens.size(); i++) {
      var token = tokens.list().get(i);
      var before = tokens.list().get(i - 1);
      var inside = token.start() < index && index < token.end();
      var between =
          token.start() == index
              && before.source() == token.source()
              && before.word() == token.word();
      if (token.source() == Token.Source.SECOND && (inside || between)) {
        return false;
      }
    }
    return true;
  }

  private static void markWords(Tokens tokens, String answer, List<TokenRole> roles) {
    var words =
        Arrays.stream(answer.strip().split("\\s+"))
            .filter(word -> !word.isEmpty() && !PUNCTUATION.contains(word))
            .collect(Collectors.toSet());
    for (var i = 0; i < roles.size(); i++) {
      if (roles.get(i) == TokenRole.CONTEXT && words.contains(tokens.covered(i))) {
        roles.set(i, TokenRole.ANSWER);
      }
    }
  }
}
