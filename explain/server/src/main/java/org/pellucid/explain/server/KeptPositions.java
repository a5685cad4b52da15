package org.pellucid.explain.server;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.pellucid.models.bert.Tokens;

/**
 * Where the tokens of an earlier text stand in the one that it was edited to, so that a token that
 * is masked or looked for stays so. Tokens that stay are those of a longest common subsequence
 * (Wagner and Fischer, 1974); of equal ones at both ends of the texts, those at the same end.
 */
final class KeptPositions {
  /** The field of a request that makes its positions those of an earlier text. */
  static final Field FIELD =
      Field.optional(
          "earlier",
          Field.Type.TEXTS,
          "The tokens of the text before it was edited, if positions count those: they stay with"
              + " the tokens that still stand.");

  /** Two texts of as many tokens as models take have at most a quarter of that. */
  private static final long MOST_COMPARED = 1 << 20;

  /** By position in the earlier text; −1 for a token that is gone. */
  private final int[] now;

  private KeptPositions(int[] now) {
    this.now = now;
  }

  /** Those of a request's field; without it, positions stay as they are. */
  static KeptPositions of(Given given, Tokens tokens) {
    var earlier = given.texts(FIELD.name());
    return earlier.isEmpty() ? new KeptPositions(new int[0]) : between(earlier, tokens.pieces());
  }

  /** Those of two lists of tokens. */
  static KeptPositions between(List<String> earlier, List<String> tokens) {
    var now = new int[earlier.size()];
    Arrays.fill(now, -1);
    var shorter = Math.min(earlier.size(), tokens.size());
    var start = 0;
    while (start < shorter && earlier.get(start).equals(tokens.get(start))) {
      now[start] = start++;
    }
    var moved = tokens.size() - earlier.size();
    var end = earlier.size();
    while (end > start
        && end + moved > start
        && earlier.get(end - 1).equals(tokens.get(end - 1 + moved))) {
      now[--end] = end + moved;
    }
    if ((end - start) * (long) (end + moved - start) <= MOST_COMPARED) {
      keepCommon(earlier.subList(start, end), tokens.subList(start, end + moved), start, now);
    }
    return new KeptPositions(now);
  }

  /** Keeps a longest common subsequence of what stands between equal ends. */
  private static void keepCommon(List<String> a, List<String> b, int start, int[] now) {
    // longest[i][j]: of what follows a's i-th and b's j-th token.
    var longest = new int[a.size() + 1][b.size() + 1];
    for (var i = a.size() - 1; i >= 0; i--) {
      for (var j = b.size() - 1; j >= 0; j--) {
        longest[i][j] =
            a.get(i).equals(b.get(j))
                ? 1 + longest[i + 1][j + 1]
                : Math.max(longest[i + 1][j], longest[i][j + 1]);
      }
    }
    for (int i = 0, j = 0; i < a.size() && j < b.size(); ) {
      if (a.get(i).equals(b.get(j))) {
        now[start + i++] = start + j++;
      } else if (longest[i + 1][j] >= longest[i][j + 1]) {
        i++;
      } else {
        j++;
      }
    }
  }

  /**
   * Where a token stands now, if it still does.
   *
   * @throws IllegalArgumentException if the earlier text doesn't have the position
   */
  OptionalInt now(int position) {
    if (now.length == 0) {
      return OptionalInt.of(position);
    }
    check(
        position >= 0 && position < now.length,
        "The position is %d, but the earlier text's tokens stand at 0..%d",
        position,
        now.length - 1);
    return now[position] < 0 ? OptionalInt.empty() : OptionalInt.of(now[position]);
  }

  /** Where those tokens stand now that still do. */
  List<Integer> now(int[] positions) {
    return Arrays.stream(positions)
        .mapToObj(this::now)
        .flatMapToInt(OptionalInt::stream)
        .boxed()
        .toList();
  }
}
